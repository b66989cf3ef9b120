//! Which attributes an item takes: generated code carries no other.

use syn::{Attribute, Expr, Lit, Meta};

use crate::frontend::diagnostics::Diagnostics;
use crate::frontend::syntax::{FROZEN, INPUT_GRADIENTS, ItemKind, Kind};

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
    described: "documentation, `cfg`, lint levels, `deprecated`, `frozen` and `input_gradients`",
    names: &["doc", "cfg", "cfg_attr", "deprecated", FROZEN, INPUT_GRADIENTS],
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

const OPTIMIZER: Permitted = Permitted { item: "an optimizer", ..LOSS };

const LOSS: Permitted = Permitted {
    item: "a loss",
    described: "documentation, `cfg` and lint levels",
    names: &["doc", "cfg", "cfg_attr"],
};

/// What rustc leaves to other programs.
const TOOLS: [&str; 2] = ["clippy", "rustfmt"];

pub fn of_item(kind: ItemKind) -> Permitted {
    match kind {
        ItemKind::Constant => CONSTANT,
        ItemKind::Definition(Kind::Activation | Kind::Layer) => LAYER,
        ItemKind::Definition(Kind::Loss) => LOSS,
        ItemKind::Definition(Kind::Optimizer) => OPTIMIZER,
        ItemKind::Block => BLOCK,
        ItemKind::Network => NETWORK,
    }
}

/// Reports every attribute that an item does not take.
pub fn check(attributes: &[Attribute], permitted: Permitted, diagnostics: &mut Diagnostics) {
    let Permitted { item, described, names } = permitted;
    for attribute in attributes {
        let path = attribute.path();
        // `rustfmt::skip` and the like change nothing.
        let is_of_tool = path.segments.len() > 1
            && path.leading_colon.is_none()
            && path
                .segments
                .first()
                .is_some_and(|first| TOOLS.iter().any(|tool| first.ident == tool));
        let is_permitted = is_of_tool || names.iter().chain(&LINTS).any(|name| path.is_ident(name));
        if !is_permitted {
            let message = format!("{item} takes {described}, but not this attribute");
            diagnostics.report(attribute.pound_token.span, message);
        } else if LINTS.iter().any(|lint| path.is_ident(lint))
            && !matches!(attribute.meta, Meta::List(_))
        {
            let message = "a lint level names lints: `#[allow(dead_code)]`";
            diagnostics.report(attribute.pound_token.span, message);
        } else if path.is_ident("doc") && !is_text(&attribute.meta) {
            let message = "documentation is a text in quotes: `#[doc = \"…\"]`";
            diagnostics.report(attribute.pound_token.span, message);
        }
    }
}

/// `= "…"`; what rustdoc has in parentheses is its own.
fn is_text(meta: &Meta) -> bool {
    match meta {
        Meta::Path(_) => false,
        Meta::List(_) => true,
        Meta::NameValue(pair) => {
            matches!(&pair.value, Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)))
                || matches!(pair.value, Expr::Macro(_))
        }
    }
}
