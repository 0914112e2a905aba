//! What programs written in Go print for a scalar that was no string to them.

use kubelint_parser::yaml::resolve::Scalar;

/// The text that Go's `%v` prints for a scalar, as templates, compose and Go's YAML libraries do; `None` for null and for what is refused.
pub fn text(scalar: &Scalar<'_>) -> Option<String> {
    Some(match scalar {
        Scalar::Null | Scalar::Refused(_) => return None,
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::UInt(value) => value.to_string(),
        Scalar::Float(value) => float(*value),
        Scalar::Str(text) => text.to_string(),
    })
}

/// From which exponent on Go writes one, if it is asked for the shortest form (`FormatFloat` with `g` in `strconv/ftoa.go`).
const LARGE: i32 = 6;
/// Up to which exponent.
const SMALL: i32 = -4;

/// A number as `strconv.FormatFloat(value, 'g', -1, 64)` writes it.
fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else {
        // Infinite, or no number.
        return scientific;
    };
    match exponent.parse::<i32>() {
        Ok(exponent) if !(SMALL..LARGE).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_go_prints_them() {
        for (value, expected) in [
            (1.1, "1.1"),
            (2.0, "2"),
            (0.0, "0"),
            (-1.5, "-1.5"),
            (123_456.0, "123456"),
            (999_999.5, "999999.5"),
            (1e6, "1e+06"),
            (20_231_101.0, "2.0231101e+07"),
            (1e100, "1e+100"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
        ] {
            assert_eq!(text(&Scalar::Float(value)).as_deref(), Some(expected));
        }
        assert_eq!(text(&Scalar::Bool(true)).as_deref(), Some("true"));
        assert_eq!(text(&Scalar::Int(1_000_000)).as_deref(), Some("1000000"));
        assert_eq!(text(&Scalar::Null), None);
    }
}
