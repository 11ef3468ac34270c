//! The list of all settings, made from the doc comments of [`super::settings`], and the page of documentation made from it.

use std::fmt::Write as _;

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use super::settings::{KeyEncryptionKeySettings, Settings};

/// One setting.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its section.
    pub section: String,
    /// Its key.
    pub key: String,
    /// The environment variable that overrides it.
    pub variable: String,
    /// Whether the variable is looked at: lists are only taken from the file.
    pub overridable: bool,
    /// Whether its value is a text.
    pub is_text: bool,
    /// What kind of value it takes.
    pub kind: String,
    /// Its default, as it would be written; none where there is none.
    pub default: Option<String>,
    /// What it means.
    pub meaning: String,
}

/// All settings, in the order of their definition.
pub fn settings() -> Vec<Setting> {
    sections().into_iter().flat_map(|(_, _, settings)| settings).collect()
}

/// The text of `docs/configuration.md`.
pub fn document() -> String {
    let mut page = String::from(HEAD);
    for (name, meaning, settings) in sections() {
        let _ = write!(page, "\n## `[{name}]`\n\n{meaning}\n");
        for setting in &settings {
            write_setting(&mut page, "###", setting);
            if setting.key == "key_encryption_keys" {
                let elements = properties(&schema::<KeyEncryptionKeySettings>(), "keys");
                elements.iter().for_each(|element| write_setting(&mut page, "####", element));
            }
        }
    }
    page
}

const HEAD: &str = include_str!("reference.md");

fn write_setting(page: &mut String, heading: &str, setting: &Setting) {
    let default = setting.default.as_ref().map_or(String::new(), |default| format!(" Default: `{default}`."));
    let variable = match setting.overridable && heading == "###" {
        true => format!(" Variable: `{}`.", setting.variable),
        false => String::new(),
    };
    let _ =
        write!(page, "\n{heading} `{}`\n\n{}\n\n{}.{default}{variable}\n", setting.key, setting.meaning, setting.kind);
}

/// Name, meaning and settings of each section.
fn sections() -> Vec<(String, String, Vec<Setting>)> {
    let whole = schema::<Settings>();
    members(&whole)
        .map(|(name, section)| {
            let settings = properties(section, name);
            (name.clone(), description(section), settings)
        })
        .collect()
}

fn schema<T: schemars::JsonSchema>() -> Value {
    let inline = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    let schema: Schema = SchemaGenerator::new(inline).into_root_schema_for::<T>();
    schema.to_value()
}

fn members(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn properties(section: &Value, name: &str) -> Vec<Setting> {
    members(section).map(|(key, schema)| setting(name, key, schema, &section["default"][key])).collect()
}

fn setting(section: &str, key: &str, schema: &Value, section_default: &Value) -> Setting {
    let (kind, is_text) = kind(schema);
    let default = match &schema["default"] {
        Value::Null => section_default,
        own => own,
    };
    Setting {
        section: section.to_owned(),
        key: key.to_owned(),
        variable: format!("LOCK_KEEPER_{section}_{key}").to_uppercase(),
        overridable: kind != "List of tables",
        is_text,
        kind,
        default: match default {
            Value::Null => None,
            Value::Array(_) => None,
            Value::String(text) if text.is_empty() => None,
            other => Some(other.to_string()),
        },
        meaning: description(schema),
    }
}

/// What kind of value a schema takes, in words, and whether it is a text.
fn kind(schema: &Value) -> (String, bool) {
    if let Some(words) = enumerated(schema) {
        return (format!("One of {}", words.join(", ")), true);
    }
    let of_type = |name: &str| match &schema["type"] {
        Value::Array(types) => types.iter().any(|found| found == name),
        found => found == name,
    };
    match () {
        () if of_type("array") => ("List of tables".to_owned(), false),
        () if of_type("integer") => ("Whole number".to_owned(), false),
        () if of_type("boolean") => ("`true` or `false`".to_owned(), false),
        () if schema["format"] == "length of time" => ("Length of time".to_owned(), true),
        () => ("Text".to_owned(), true),
    }
}

/// The words of an enumeration; schemars writes one with documented variants as `oneOf`.
fn enumerated(schema: &Value) -> Option<Vec<String>> {
    let word = |value: &Value| format!("`{value}`");
    if let Some(words) = schema["enum"].as_array() {
        return Some(words.iter().map(word).collect());
    }
    let variants = schema["oneOf"].as_array()?;
    Some(variants.iter().map(|variant| word(&variant["const"])).collect())
}

/// A doc comment; its line breaks stay, as Markdown joins lines itself.
fn description(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().to_owned()
}
