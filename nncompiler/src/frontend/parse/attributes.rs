//! Which attributes an item takes: generated code carries no other.

use syn::Attribute;

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{ItemKind, Kind};

/// The attributes of a kind of item, and how they are called in a message.
#[derive(Clone, Copy)]
pub struct Permitted {
    item: &'static str,
    described: &'static str,
    names: &'static [&'static str],
}

const LINTS: [&str; 5] = ["allow", "warn", "deny", "forbid", "expect"];

const NETWORK: Permitted = Permitted {
    item: "a network",
    described: "documentation, `cfg`, lint levels, `deprecated` and `derivatives`",
    names: &["doc", "cfg", "cfg_attr", "deprecated", "derivatives"],
};

const CONSTANT: Permitted = Permitted {
    item: "a constant",
    described: "documentation, `cfg`, lint levels and `deprecated`",
    names: &["doc", "cfg", "cfg_attr", "deprecated"],
};

const BLOCK: Permitted = Permitted {
    item: "a block",
    described: "documentation, `cfg` and lint levels",
    names: &["doc", "cfg", "cfg_attr"],
};

const LAYER: Permitted = Permitted {
    item: "a layer or activation",
    described: "documentation, `cfg`, lint levels, `outputs` and `ignored`",
    names: &["doc", "cfg", "cfg_attr", "outputs", "ignored"],
};

const LOSS: Permitted = Permitted {
    item: "a loss",
    described: "documentation, `cfg` and lint levels",
    names: &["doc", "cfg", "cfg_attr"],
};

pub fn of_item(kind: ItemKind) -> Permitted {
    match kind {
        ItemKind::Constant => CONSTANT,
        ItemKind::Definition(Kind::Activation | Kind::Layer) => LAYER,
        ItemKind::Definition(Kind::Loss) => LOSS,
        ItemKind::Block => BLOCK,
        ItemKind::Network => NETWORK,
    }
}

/// Reports every attribute that an item does not take.
pub fn check(attributes: &[Attribute], permitted: Permitted, diagnostics: &mut Diagnostics) {
    let Permitted { item, described, names } = permitted;
    for attribute in attributes {
        let path = attribute.path();
        // `clippy::…` and `rustfmt::…` are for tools.
        let is_permitted =
            path.segments.len() > 1 || names.iter().chain(&LINTS).any(|name| path.is_ident(name));
        if !is_permitted {
            let message = format!("{item} takes {described}, but not this attribute");
            diagnostics.report(attribute.pound_token.span, message);
        }
    }
}
