//! Texts with places in braces.

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<P> {
    /// Words as they are.
    Words(String),
    /// What stands between braces.
    Place(P),
}

/// A text with places in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<P>(pub Vec<Piece<P>>);

impl<P> Template<P> {
    pub(super) fn parse(text: &str, place: impl Fn(&str) -> Option<P>) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| "a `{` without its `}`".to_owned())?;
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            pieces.push(Piece::Place(place(name).ok_or_else(|| format!("`{{{name}}}` is no place of this text"))?));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Words(rest.to_owned()));
        }
        Ok(Self(pieces))
    }
}
