//! One SQL statement with its parameters, the same type for both engines.
//!
//! diesel never caches a `sql_query` as a prepared statement, and on SQLite it binds parameters that
//! are out of order silently wrong. A [`Statement`] is cached by its text, since the text is always a literal, and it
//! is refused before it reaches the database unless its parameters first appear in the order `$1`, `$2`, …

use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error, QueryResult};
#[cfg(feature = "postgres")]
use diesel::sql_types::{Array, Nullable};
use diesel::sql_types::{BigInt, Binary, Bool, SmallInt, Text, Untyped};

/// One SQL statement with its parameters.
pub(super) struct Statement {
    sql: &'static str,
    binds: Vec<Bind>,
}

/// One parameter.
enum Bind {
    Bytes(Vec<u8>),
    #[cfg(feature = "postgres")]
    OptionalBytes(Option<Vec<u8>>),
    Integer(i64),
    Small(i16),
    Text(String),
    Flag(bool),
    #[cfg(feature = "postgres")]
    BytesList(Vec<Vec<u8>>),
    #[cfg(feature = "postgres")]
    IntegerList(Vec<i64>),
}

impl Statement {
    pub(super) fn new(sql: &'static str) -> Self {
        Self { sql, binds: Vec::new() }
    }

    fn bind(mut self, bind: Bind) -> Self {
        self.binds.push(bind);
        self
    }

    pub(super) fn bytes(self, value: &[u8]) -> Self {
        self.bind(Bind::Bytes(value.to_vec()))
    }

    #[cfg(feature = "postgres")]
    pub(super) fn optional_bytes(self, value: Option<&[u8]>) -> Self {
        self.bind(Bind::OptionalBytes(value.map(<[u8]>::to_vec)))
    }

    pub(super) fn integer(self, value: i64) -> Self {
        self.bind(Bind::Integer(value))
    }

    pub(super) fn small(self, value: i16) -> Self {
        self.bind(Bind::Small(value))
    }

    pub(super) fn text(self, value: &str) -> Self {
        self.bind(Bind::Text(value.to_owned()))
    }

    pub(super) fn flag(self, value: bool) -> Self {
        self.bind(Bind::Flag(value))
    }

    #[cfg(feature = "postgres")]
    pub(super) fn bytes_list(self, values: Vec<Vec<u8>>) -> Self {
        self.bind(Bind::BytesList(values))
    }

    #[cfg(feature = "postgres")]
    pub(super) fn integer_list(self, values: Vec<i64>) -> Self {
        self.bind(Bind::IntegerList(values))
    }

    /// Shows each part of the text in turn. diesel asks for them several times for each time that a statement runs, so nothing is
    /// kept of them.
    fn pieces<'a>(&'a self, mut show: impl FnMut(Piece<'a>) -> QueryResult<()>) -> QueryResult<()> {
        let mut rest = self.sql;
        let mut used = 0;
        while let Some((before, after)) = rest.split_once('$') {
            let (digits, after) = after.split_at(after.bytes().take_while(u8::is_ascii_digit).count());
            let number: usize = digits.parse().map_err(|_| misnumbered())?;
            show(Piece::Text(before))?;
            if number == used + 1 {
                show(Piece::First(self.binds.get(used).ok_or_else(misnumbered)?))?;
                used = number;
            } else if (1..=used).contains(&number) {
                show(Piece::Again(digits))?;
            } else {
                return Err(misnumbered());
            }
            rest = after;
        }
        show(Piece::Text(rest))?;
        if used == self.binds.len() { Ok(()) } else { Err(misnumbered()) }
    }
}

/// A part of a statement's text.
enum Piece<'a> {
    Text(&'a str),
    /// The place where a parameter appears first.
    First(&'a Bind),
    /// The number of a parameter that appeared before.
    Again(&'a str),
}

fn misnumbered() -> Error {
    Error::QueryBuilderError("a statement's parameters are not numbered in the order of their first use".into())
}

#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        self.pieces(|piece| {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                Piece::Again(number) => {
                    out.push_sql("$");
                    out.push_sql(number);
                }
                Piece::First(bind) => match bind {
                    Bind::Bytes(value) => out.push_bind_param::<Binary, _>(value)?,
                    Bind::OptionalBytes(value) => out.push_bind_param::<Nullable<Binary>, _>(value)?,
                    Bind::Integer(value) => out.push_bind_param::<BigInt, _>(value)?,
                    Bind::Small(value) => out.push_bind_param::<SmallInt, _>(value)?,
                    Bind::Text(value) => out.push_bind_param::<Text, _>(value)?,
                    Bind::Flag(value) => out.push_bind_param::<Bool, _>(value)?,
                    Bind::BytesList(values) => out.push_bind_param::<Array<Binary>, _>(values)?,
                    Bind::IntegerList(values) => out.push_bind_param::<Array<BigInt>, _>(values)?,
                },
            }
            Ok(())
        })
    }
}

#[cfg(feature = "sqlite")]
impl QueryFragment<diesel::sqlite::Sqlite> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::sqlite::Sqlite>) -> QueryResult<()> {
        self.pieces(|piece| {
            match piece {
                Piece::Text(text) => out.push_sql(text),
                // diesel writes a new parameter as `?`, which SQLite numbers one above the greatest so far.
                Piece::Again(number) => {
                    out.push_sql("?");
                    out.push_sql(number);
                }
                Piece::First(bind) => match bind {
                    Bind::Bytes(value) => out.push_bind_param::<Binary, _>(value)?,
                    Bind::Integer(value) => out.push_bind_param::<BigInt, _>(value)?,
                    Bind::Small(value) => out.push_bind_param::<SmallInt, _>(value)?,
                    Bind::Text(value) => out.push_bind_param::<Text, _>(value)?,
                    Bind::Flag(value) => out.push_bind_param::<Bool, _>(value)?,
                    #[cfg(feature = "postgres")]
                    Bind::OptionalBytes(_) | Bind::BytesList(_) | Bind::IntegerList(_) => {
                        return Err(Error::QueryBuilderError("a statement for Postgres was run on SQLite".into()));
                    }
                },
            }
            Ok(())
        })
    }
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl QueryId for Statement {
    type QueryId = ();

    // The text, not the type, tells two statements apart.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Statement {}

#[cfg(test)]
mod tests {
    use super::Statement;

    #[test]
    fn a_parameter_may_be_used_again() {
        assert!(Statement::new("SELECT $1, $2, $1").integer(1).integer(2).pieces(|_| Ok(())).is_ok());
    }

    #[test]
    fn parameters_out_of_order_are_refused() {
        assert!(Statement::new("SELECT $2, $1").integer(1).integer(2).pieces(|_| Ok(())).is_err());
    }

    #[test]
    fn a_parameter_too_many_or_too_few_is_refused() {
        assert!(Statement::new("SELECT $1").integer(1).integer(2).pieces(|_| Ok(())).is_err());
        assert!(Statement::new("SELECT $1, $2").integer(1).pieces(|_| Ok(())).is_err());
    }
}
