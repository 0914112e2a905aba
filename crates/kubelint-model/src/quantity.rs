//! Kubernetes quantities (`500m`, `1.5Gi`, `1e3`), read as the API server reads them and compared exactly.
//!
//! The grammar, the rounding and the cap are those of `resource.ParseQuantity` in k8s.io/apimachinery.

use std::fmt;

use kubelint_parser::yaml::resolve::Scalar;

/// An amount, exact to the billionth: Kubernetes itself keeps no finer part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nanos: i128,
}

/// What a suffix multiplies by.
#[derive(Clone, Copy)]
enum Scale {
    /// 10 to this power.
    Decimal(i32),
    /// 2 to this power.
    Binary(u32),
}

/// Billionths in one.
const NANOS: i128 = 1_000_000_000;
/// Quantities with a binary suffix are cut down to this, in silence.
const BINARY_MAX: i128 = i64::MAX as i128 * NANOS;

impl Quantity {
    /// The quantity that `text` states, or `None` where the API server refuses it.
    ///
    /// Blanks around it are ignored, as in JSON. An amount of 10²⁹ or more is refused too, although the server takes it: nothing
    /// real is that large, and everything below can be compared exactly.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, number) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let suffix_at = number
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(number.len());
        let (digits, suffix) = number.split_at(suffix_at);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let amount = match scale(suffix)? {
            Scale::Decimal(power) => decimal_nanos(whole, fraction, power)?,
            Scale::Binary(power) => binary_nanos(whole, fraction, power),
        };
        Some(Self {
            nanos: if negative { -amount } else { amount },
        })
    }

    /// The quantity that a YAML value states: a string, or a number as it reaches the server through JSON.
    pub fn of(scalar: &Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Str(text) => Self::parse(text),
            Scalar::Int(number) => Self::parse(&number.to_string()),
            Scalar::UInt(number) => Self::parse(&number.to_string()),
            Scalar::Float(number) => Self::parse(&number.to_string()),
            Scalar::Null | Scalar::Bool(_) | Scalar::Refused(_) => None,
        }
    }

    /// Nothing.
    pub const ZERO: Self = Self { nanos: 0 };

    /// A whole number.
    pub const fn whole(number: i64) -> Self {
        // The product is below 2^93.
        Self {
            nanos: number as i128 * NANOS,
        }
    }

    /// Billionths of the unit.
    pub const fn nanos(self) -> i128 {
        self.nanos
    }

    /// The sum; where it is too large to be held, the largest amount there is.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            nanos: self.nanos.saturating_add(other.nanos),
        }
    }

    /// So many times the amount; where that is too large to be held, the largest amount there is.
    #[must_use]
    pub const fn times(self, count: i64) -> Self {
        Self {
            nanos: self.nanos.saturating_mul(count as i128),
        }
    }

    /// How many times `part` fits into it: none if it is negative, `None` if `part` is nothing, so that there is no end.
    pub fn holds(self, part: Self) -> Option<i64> {
        if part.nanos <= 0 {
            return None;
        }
        Some(i64::try_from(self.nanos.max(0) / part.nanos).unwrap_or(i64::MAX))
    }

    /// As people write it, for messages: `1500m`, `2`, `3Gi`. Only what is finer than a thousandth stays a decimal number.
    pub fn short(self) -> String {
        const MILLI: i128 = NANOS / 1000;
        if self.nanos % NANOS != 0 {
            return if self.nanos % MILLI == 0 {
                format!("{}m", self.nanos / MILLI)
            } else {
                self.to_string()
            };
        }
        let whole = self.nanos / NANOS;
        let suffixes = [
            ("Ti", 1 << 40),
            ("Gi", 1 << 30),
            ("Mi", 1 << 20),
            ("Ki", 1 << 10),
        ];
        let mut fitting = suffixes.iter();
        match fitting.find(|(_, unit)| whole != 0 && whole % unit == 0) {
            Some((suffix, unit)) => format!("{}{suffix}", whole / unit),
            None => whole.to_string(),
        }
    }
}

impl fmt::Display for Quantity {
    /// The plain decimal number, without a suffix.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.nanos.unsigned_abs();
        let one = NANOS.unsigned_abs();
        let sign = if self.nanos < 0 { "-" } else { "" };
        write!(f, "{sign}{}", magnitude / one)?;
        if !magnitude.is_multiple_of(one) {
            let fraction = format!("{:09}", magnitude % one);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

fn scale(suffix: &str) -> Option<Scale> {
    Some(match suffix {
        "n" => Scale::Decimal(-9),
        "u" => Scale::Decimal(-6),
        "m" => Scale::Decimal(-3),
        "" => Scale::Decimal(0),
        "k" => Scale::Decimal(3),
        "M" => Scale::Decimal(6),
        "G" => Scale::Decimal(9),
        "T" => Scale::Decimal(12),
        "P" => Scale::Decimal(15),
        "E" => Scale::Decimal(18),
        "Ki" => Scale::Binary(10),
        "Mi" => Scale::Binary(20),
        "Gi" => Scale::Binary(30),
        "Ti" => Scale::Binary(40),
        "Pi" => Scale::Binary(50),
        "Ei" => Scale::Binary(60),
        _ => Scale::Decimal(suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

/// Billionths of `whole.fraction` × 10^`power`; a finer rest counts as one more billionth, as the server rounds.
fn decimal_nanos(whole: &str, fraction: &str, power: i32) -> Option<i128> {
    let digits = || whole.bytes().chain(fraction.bytes());
    let leading = digits().take_while(|&digit| digit == b'0').count();
    // How many digits stand before the decimal point once the number is in billionths.
    let places = i64::try_from(whole.len()).ok()? + i64::from(power) + 9;
    let mut amount: i128 = 0;
    let mut rest = false;
    for (index, digit) in digits().enumerate().skip(leading) {
        if i64::try_from(index).is_ok_and(|it| it < places) {
            let digit = i128::from(digit - b'0');
            amount = amount.checked_mul(10)?.checked_add(digit)?;
        } else {
            rest |= digit != b'0';
        }
    }
    let written = i64::try_from(whole.len() + fraction.len()).ok()?;
    if amount != 0 {
        let missing = u32::try_from((places - written).max(0)).ok()?;
        amount = amount.checked_mul(10_i128.checked_pow(missing)?)?;
    }
    amount.checked_add(i128::from(rest))
}

/// Billionths of `whole.fraction` × 2^`power`, rounded up and capped as the server does.
fn binary_nanos(whole: &str, fraction: &str, power: u32) -> i128 {
    exact_binary_nanos(whole, fraction, power).map_or(BINARY_MAX, |nanos| nanos.min(BINARY_MAX))
}

/// `None` where the amount is far above the cap.
fn exact_binary_nanos(whole: &str, fraction: &str, power: u32) -> Option<i128> {
    let whole = decimal_nanos(whole, "", 0)?.checked_mul(1 << power)?;
    if whole >= BINARY_MAX {
        return None;
    }
    // The fraction times 10⁹ × 2^power, digit by digit from the last: each step divides by ten, so it stays below 2^91. What a
    // division leaves over can only matter below the billionth, where the server rounds up.
    let unit = NANOS << power;
    let mut part: i128 = 0;
    let mut rest = false;
    for digit in fraction.bytes().rev() {
        part += i128::from(digit - b'0') * unit;
        rest |= part % 10 != 0;
        part /= 10;
    }
    whole.checked_add(part)?.checked_add(i128::from(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = Quantity::parse(text).map(|it| it.to_string());
        assert_eq!(shown.as_deref().unwrap_or("refused"), expected, "{text:?}");
    }

    #[test]
    fn suffixes_and_exponents() {
        check("100m", "0.1");
        check("1.5Gi", "1610612736");
        check("0.5", "0.5");
        check(".5k", "500");
        check("1.", "1");
        check("1.G", "1000000000");
        check("+2", "2");
        check("-1Ki", "-1024");
        check("1e3", "1000");
        check("1E-3", "0.001");
        check("12E", "12000000000000000000");
        check("1E2", "100");
        check("007", "7");
        check(" 5Mi ", "5242880");
        check("0.1Ki", "102.4");
        check("100e-2", "1");
    }

    #[test]
    fn what_the_server_refuses() {
        for text in [
            "", "-", ".", "1GB", "1gi", "1K", "1 Gi", "100mb", "0x10", "1e", "1ee3", "1.2.3",
            "${X}", "1mi", "1e1.5",
        ] {
            check(text, "refused");
        }
    }

    #[test]
    fn rounding_and_cap() {
        check("0.9n", "0.000000001");
        check("1.0000000001", "1.000000001");
        check("8Ei", "9223372036854775807");
        check("99999999999999999999999999Ei", "9223372036854775807");
        check("18446744073709551616", "18446744073709551616");
        check("1e-99999", "0.000000001");
        check("0e99999", "0");
        check("1e30", "refused");
        check("1e9999999999", "refused");
    }

    #[test]
    fn arithmetic() {
        let quantity = |text| Quantity::parse(text).unwrap();
        assert_eq!(
            quantity("1500m").times(3).plus(quantity("0.5")),
            Quantity::whole(5)
        );
        assert_eq!(quantity("4Gi").holds(quantity("1.5Gi")), Some(2));
        assert_eq!(quantity("-1").holds(quantity("1")), Some(0));
        assert_eq!(quantity("1").holds(Quantity::ZERO), None);
        let most = quantity("1e28").times(i64::MAX);
        assert_eq!(most.plus(most), most);
    }

    #[test]
    fn as_people_write_it() {
        for text in [
            "0", "2", "1500m", "3Gi", "1536Mi", "100Ki", "-2Mi", "1000000", "3Ti",
        ] {
            assert_eq!(Quantity::parse(text).unwrap().short(), text);
        }
        assert_eq!(Quantity::parse("2500u").unwrap().short(), "0.0025");
        assert_eq!(Quantity::parse("0.5Gi").unwrap().short(), "512Mi");
    }

    #[test]
    fn equal_amounts_are_equal() {
        assert_eq!(Quantity::parse("1024Mi"), Quantity::parse("1Gi"));
        assert_eq!(Quantity::parse("0.5"), Quantity::parse("500m"));
        assert!(Quantity::parse("1Gi") > Quantity::parse("1G"));
        assert_eq!(Quantity::of(&Scalar::Float(0.25)), Quantity::parse("250m"));
        assert_eq!(Quantity::of(&Scalar::Bool(true)), None);
    }
}
