//! The names of what detectors find that are no rules, each made once: a text may have thousands of findings.

use std::sync::{Arc, LazyLock};

/// Defines the names, and the one place where each is kept.
macro_rules! schemes {
    ($($function:ident = $name:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub(super) fn $function() -> Arc<str> {
                static NAME: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from($name));
                Arc::clone(&NAME)
            }
        )*
    };
}

schemes! {
    address = "address";
    email = "email";
    family_name = "family_name";
    gender = "gender";
    given_name = "given_name";
    gps = "gps";
    health = "health";
    institution = "institution";
    label = "label";
    name = "name";
    url = "url";
}
