//! What an expression refers to and a state does not offer. Step Functions evaluates expressions without a context item:
//! data comes in through `$states` and variables. A bare name, which elsewhere means a member of the item, means nothing
//! here, so AWS refuses it when the definition is created.

use jsonata_core::ast::{AstNode, PathStep, Stage};

use super::Query;

/// A reference that no state offers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unsupported {
    /// A name that would be a member of the context item.
    Bare(String),
    /// The context of the whole evaluation.
    Root,
    /// What went wrong; only a catcher knows.
    ErrorOutput,
}

impl Query {
    /// What it refers to in vain.
    pub(crate) fn unsupported(&self) -> Vec<Unsupported> {
        let mut found = Vec::new();
        let mut open = vec![Part { node: &self.tree, has_item: false }];
        while let Some(part) = open.pop() {
            found.extend(part.unsupported());
            open.extend(part.parts());
        }
        found.sort();
        found.dedup();
        found
    }
}

/// A part of an expression. Inside of functions, and behind the first step of a path, there is an item.
#[derive(Clone, Copy)]
struct Part<'q> {
    node: &'q AstNode,
    has_item: bool,
}

impl<'q> Part<'q> {
    fn unsupported(self) -> Option<Unsupported> {
        match self.node {
            AstNode::Name(name) if !self.has_item => Some(Unsupported::Bare(name.clone())),
            AstNode::ParentVariable(_) => Some(Unsupported::Root),
            AstNode::Path { steps } if is_error_output(steps) => Some(Unsupported::ErrorOutput),
            _ => None,
        }
    }

    fn parts(self) -> Vec<Self> {
        let alike = |node: &'q AstNode| Self { node, ..self };
        let with_item = |node: &'q AstNode| Self { node, has_item: true };
        match self.node {
            AstNode::Path { steps } => {
                steps.iter().enumerate().flat_map(|(index, step)| self.step(index, step)).collect()
            }
            AstNode::Binary { lhs, rhs, .. } => vec![alike(lhs), alike(rhs)],
            AstNode::Unary { operand, .. } => vec![alike(operand)],
            AstNode::Function { args, .. } => args.iter().map(alike).collect(),
            AstNode::Call { procedure, args } => args.iter().chain([&**procedure]).map(alike).collect(),
            AstNode::Array(nodes) | AstNode::Block(nodes) => nodes.iter().map(alike).collect(),
            AstNode::Object(members) => members.iter().flat_map(|(name, value)| [alike(name), alike(value)]).collect(),
            AstNode::Conditional { condition, then_branch, else_branch } => {
                [Some(condition), Some(then_branch), else_branch.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(|node| alike(node))
                    .collect()
            }
            AstNode::Lambda { body, .. } | AstNode::FunctionApplication(body) => vec![with_item(body)],
            AstNode::ArrayGroup(nodes) => nodes.iter().map(with_item).collect(),
            AstNode::ObjectTransform { input, pattern } => {
                let pattern = pattern.iter().flat_map(|(name, value)| [with_item(name), with_item(value)]);
                pattern.chain([alike(input)]).collect()
            }
            AstNode::Sort { input, terms } => {
                terms.iter().map(|(term, _)| with_item(term)).chain([alike(input)]).collect()
            }
            _ => Vec::new(),
        }
    }

    fn step(self, index: usize, step: &'q PathStep) -> Vec<Self> {
        let filters = step.stages.iter().filter_map(|stage| match stage {
            Stage::Filter(filter) => Some(Self { node: filter, has_item: true }),
            _ => None,
        });
        filters.chain([Self { node: &step.node, has_item: self.has_item || index > 0 }]).collect()
    }
}

fn is_error_output(steps: &[PathStep]) -> bool {
    let mut nodes = steps.iter().map(|step| &step.node);
    matches!(nodes.next(), Some(AstNode::Variable(name)) if name == "states")
        && matches!(nodes.next(), Some(AstNode::Name(name)) if name == "errorOutput")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsupported(text: &str) -> Vec<Unsupported> {
        Query::parse(text).unwrap().unsupported()
    }

    #[test]
    fn bare_names_are_found_where_there_is_no_item() {
        for text in ["phone", "phone.number", "$sum(items.price)", "{\"a\": phone}", "[1, phone]", "1 + phone"] {
            assert!(matches!(unsupported(text).as_slice(), [Unsupported::Bare(_)]), "{text}: {:?}", unsupported(text));
        }
        for text in [
            "$states.input.phone",
            "$order.items[price > 3].name",
            "$map($states.input.items, function($item) { $item.price })",
            "$states.input.items.{\"name\": name}",
            "$states.input.items^(price)",
            "$uuid()",
            "($a := 1; $a + 1)",
        ] {
            assert_eq!(unsupported(text), [], "{text}");
        }
    }

    #[test]
    fn the_root_and_the_error_are_found() {
        assert_eq!(unsupported("$$"), [Unsupported::Root]);
        assert_eq!(unsupported("$$.a"), [Unsupported::Root]);
        assert_eq!(unsupported("$states.errorOutput.Cause"), [Unsupported::ErrorOutput]);
    }
}
