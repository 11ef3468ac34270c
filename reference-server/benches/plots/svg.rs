//! Pictures of bars, as SVG text.

use std::fmt::Write;

const WIDTH: f64 = 760.0;
const FONT: &str = "font-family=\"system-ui, sans-serif\"";
const INK: &str = "#1f2933";
const FAINT: &str = "#d9dee4";
/// Told apart by people who see fewer colours, too.
pub(crate) const COLOURS: [&str; 4] = ["#9aa5b1", "#2a6f97", "#e09f3e", "#9e2a2b"];

/// A bar, with what is written beside it.
pub(crate) struct Bar {
    pub(crate) value: f64,
    pub(crate) colour: &'static str,
    pub(crate) words: String,
}

/// Bars that belong together.
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) bars: Vec<Bar>,
}

/// A picture: groups of horizontal bars below each other.
pub(crate) struct Picture {
    pub(crate) title: String,
    pub(crate) legend: Vec<(&'static str, &'static str)>,
    pub(crate) groups: Vec<Group>,
}

impl Picture {
    /// The whole file.
    pub(crate) fn draw(&self) -> String {
        let (left, row, gap) = (230.0, 22.0, 14.0);
        let largest = self.groups.iter().flat_map(|group| &group.bars).map(|bar| bar.value).fold(0.0, f64::max);
        let scale = (WIDTH - left - 150.0) / largest.max(f64::MIN_POSITIVE);
        let mut body = String::new();
        let mut y = if self.legend.is_empty() { 56.0 } else { 80.0 };
        for group in &self.groups {
            let middle = y + row * group.bars.len() as f64 / 2.0;
            text(&mut body, left - 12.0, middle + 4.0, "end", 13, &group.name);
            for bar in &group.bars {
                let length = (bar.value * scale).max(1.0);
                let _ = writeln!(
                    body,
                    "<rect x=\"{left}\" y=\"{y}\" width=\"{length:.1}\" height=\"{:.0}\" rx=\"2\" fill=\"{}\"/>",
                    row - 4.0,
                    bar.colour
                );
                text(&mut body, left + length + 8.0, y + 13.0, "start", 12, &bar.words);
                y += row;
            }
            y += gap;
        }
        let height = y + 6.0;
        let mut picture = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{title}\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
            title = escaped(&self.title)
        );
        text(&mut picture, 20.0, 30.0, "start", 16, &self.title);
        let mut x = left;
        for (name, colour) in &self.legend {
            let _ = writeln!(
                picture,
                "<rect x=\"{x:.0}\" y=\"48\" width=\"12\" height=\"12\" rx=\"2\" fill=\"{colour}\"/>"
            );
            text(&mut picture, x + 18.0, 59.0, "start", 12, name);
            x += 40.0 + 7.0 * name.chars().count() as f64;
        }
        let _ = writeln!(picture, "<path d=\"M{left} 70V{:.0}\" stroke=\"{FAINT}\"/>", y - gap + 4.0);
        picture + &body + "</svg>\n"
    }
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, size: u32, words: &str) {
    let words = escaped(words);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\" font-size=\"{size}\" {FONT} fill=\"{INK}\">{words}</text>"
    );
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
