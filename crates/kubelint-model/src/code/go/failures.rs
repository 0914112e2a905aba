//! What a program does with the errors that calls return.

use kubelint_parser::code::Node;

use super::File;
use super::conditions;
use super::scope::bare;
use crate::code::Failure;

/// Behind more deferred calls than these nobody looks for a check.
const MOST_DEFERRED: usize = 4;

impl<'a> File<'a> {
    /// What becomes of the program where the call `node` fails.
    pub(super) fn failure_of(&self, node: Node<'a>) -> Failure {
        match self.canonical_name_of(node).as_deref() {
            // It only says what is read later.
            Some("viper.SetConfigFile") => self.failure_of_reading(node),
            // What does not parse is an error like any other.
            _ => self.checked(node).unwrap_or(Failure::Handled),
        }
    }

    fn canonical_name_of(&self, call: Node<'a>) -> Option<String> {
        self.canonical_name(bare(call.field("function")?))
    }

    /// Of what `viper.ReadInConfig` reads behind `node`, in the same function.
    fn failure_of_reading(&self, node: Node<'a>) -> Failure {
        let at = node.range().start;
        let function = self.outline.context(at).function;
        let mut calls = self.outline.calls.iter().filter(|it| {
            let start = it.range().start;
            start > at && self.outline.context(start).function == function
        });
        let read = calls.find(|it| {
            let name = self.canonical_name_of(**it);
            name.as_deref() == Some("viper.ReadInConfig")
        });
        let failure = read.and_then(|it| self.checked(*it));
        failure.unwrap_or(Failure::Handled)
    }

    /// What the statement that calls does with the error, or the one behind it: `if err != nil { … }`.
    fn checked(&self, call: Node<'a>) -> Option<Failure> {
        let around = call.parent()?;
        if around.kind() == "argument_list" {
            // `env.Must(…)`, `log.Fatal(run())`
            let function = around.parent()?.field("function")?.text();
            let name = function.rsplit('.').next().unwrap_or_default();
            let ends = matches!(name, "Must" | "must") || conditions::is_end(function);
            return ends.then_some(Failure::Ends);
        }
        let list = Some(around).filter(|it| it.kind() == "expression_list")?;
        let statement = list.parent()?;
        if statement.kind() == "return_statement" {
            return Some(Failure::Returned);
        }
        if !matches!(
            statement.kind(),
            "short_var_declaration" | "assignment_statement"
        ) {
            return None;
        }
        let error = statement.field("left")?.children().last()?.text();
        let around = statement.parent()?;
        if let Some(next) = statement.following().next()
            && next.kind() == "return_statement"
        {
            // `return cfg, err`, or the results that have names.
            let last = next.children().next().and_then(|it| it.children().last());
            let is_named = statement.kind() == "assignment_statement";
            let is_it = last.map_or(is_named, |it| it.text() == error);
            return is_it.then_some(Failure::Returned);
        }
        let check = if around.kind() == "if_statement" {
            around
        } else {
            let mut behind = statement.following().take(MOST_DEFERRED);
            behind.find(|it| it.kind() != "defer_statement")?
        };
        let condition = bare(check.field("condition")?);
        let sides = condition.field("left").zip(condition.field("right"))?;
        let is_check = check.kind() == "if_statement"
            && condition.field("operator")?.text() == "!="
            && (sides.0.text(), sides.1.text()) == (error, "nil");
        if !is_check {
            return None;
        }
        let body = check.field("consequence")?;
        if conditions::stops(body) {
            return Some(Failure::Ends);
        }
        let last = conditions::plain_end(body).filter(|it| it.kind() == "return_statement")?;
        match last.children().next() {
            // Nothing runs behind the end of `main`.
            None => self.is_in_main(call).then_some(Failure::Ends),
            Some(values) => {
                let error_value = values.children().last()?;
                conditions::hands_on(error_value, error).then_some(Failure::Returned)
            }
        }
    }

    fn is_in_main(&self, node: Node<'a>) -> bool {
        let function = self.outline.context(node.range().start).function;
        let function = self.outline.functions.get(function.0 as usize);
        function.is_some_and(|it| it.name == "main")
    }
}
