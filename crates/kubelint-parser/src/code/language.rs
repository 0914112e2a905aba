//! The languages whose syntax is known.

use std::sync::LazyLock;

/// A programming language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Python 3.
    Python,
    /// JavaScript, with JSX.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX, whose grammar is another: `<T>x` is an element there.
    Tsx,
    /// C#.
    CSharp,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// Go.
    Go,
}

static PYTHON: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_python::LANGUAGE.into());
static JAVASCRIPT: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_javascript::LANGUAGE.into());
static TYPESCRIPT: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into());
static TSX: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_typescript::LANGUAGE_TSX.into());
static CSHARP: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_c_sharp::LANGUAGE.into());
static GO: LazyLock<tree_sitter::Language> = LazyLock::new(|| tree_sitter_go::LANGUAGE.into());
static KOTLIN: LazyLock<tree_sitter::Language> =
    LazyLock::new(|| tree_sitter_kotlin_sg::LANGUAGE.into());
static JAVA: LazyLock<tree_sitter::Language> = LazyLock::new(|| tree_sitter_java::LANGUAGE.into());

impl Language {
    /// Every language.
    pub const ALL: [Self; 8] = [
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::Tsx,
        Self::CSharp,
        Self::Java,
        Self::Kotlin,
        Self::Go,
    ];

    /// The language of a file, by the extension of its name.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "py" => Some(Self::Python),
            "js" | "mjs" | "cjs" | "jsx" => Some(Self::JavaScript),
            "ts" | "mts" | "cts" => Some(Self::TypeScript),
            "tsx" => Some(Self::Tsx),
            "cs" => Some(Self::CSharp),
            "java" => Some(Self::Java),
            "kt" => Some(Self::Kotlin),
            "go" => Some(Self::Go),
            _ => None,
        }
    }

    /// Its name: `Python`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript => "TypeScript",
            Self::Tsx => "TSX",
            Self::CSharp => "C#",
            Self::Java => "Java",
            Self::Kotlin => "Kotlin",
            Self::Go => "Go",
        }
    }

    pub(super) fn grammar(self) -> &'static tree_sitter::Language {
        match self {
            Self::Python => &PYTHON,
            Self::JavaScript => &JAVASCRIPT,
            Self::TypeScript => &TYPESCRIPT,
            Self::Tsx => &TSX,
            Self::CSharp => &CSHARP,
            Self::Java => &JAVA,
            Self::Kotlin => &KOTLIN,
            Self::Go => &GO,
        }
    }
}
