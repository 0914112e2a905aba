//! The rule pack: a rule's page and, where it needs one, its function, side by side.
