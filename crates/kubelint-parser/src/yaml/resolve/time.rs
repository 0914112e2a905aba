//! Timestamps, in the forms that go-yaml knows.
//!
//! kubectl leaves a timestamp as it is written. kustomize and compose have it as a point in time, which they write in the
//! form of RFC 3339.

use std::fmt::Write as _;

/// The date and time that a scalar stands for, in its own time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timestamp {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    /// Minutes east of UTC.
    offset: i32,
}

impl Timestamp {
    /// Reads `2006-1-2`, `2006-1-2 15:4:5`, or `2006-1-2T15:4:5Z07:00`, with or without a fraction: go-yaml's
    /// `allowedTimestampFormats`, as Go's `time.Parse` takes them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader {
            rest: text.as_bytes(),
        };
        let mut time = reader.date()?;
        match reader.next() {
            None => {}
            Some(b' ') => reader.clock(&mut time)?,
            Some(b'T' | b't') => {
                reader.clock(&mut time)?;
                time.offset = reader.zone()?;
            }
            Some(_) => return None,
        }
        reader.rest.is_empty().then_some(time)
    }

    /// The time in the form of RFC 3339 with as many digits of a second as it has, as Go's `time.RFC3339Nano`.
    pub(super) fn rfc3339(self) -> String {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if self.nanosecond > 0 {
            let fraction = format!(".{:09}", self.nanosecond);
            text.push_str(fraction.trim_end_matches('0'));
        }
        if self.offset == 0 {
            text.push('Z');
        } else {
            let sign = if self.offset < 0 { '-' } else { '+' };
            let minutes = self.offset.unsigned_abs();
            // Writing to a string cannot fail.
            let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        text
    }

    /// Whether RFC 3339 can express the time zone: less than a day from UTC. Go refuses to write others as JSON.
    pub(super) fn has_plain_offset(self) -> bool {
        self.offset.unsigned_abs() < 24 * 60
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn digit(&mut self) -> Option<u32> {
        let digit = char::from(*self.rest.first()?).to_digit(10)?;
        self.next();
        Some(digit)
    }

    /// One or two digits.
    fn number(&mut self) -> Option<u32> {
        let first = self.digit()?;
        Some(self.digit().map_or(first, |second| first * 10 + second))
    }

    fn two_digits(&mut self) -> Option<u32> {
        Some(self.digit()? * 10 + self.digit()?)
    }

    fn date(&mut self) -> Option<Timestamp> {
        let year = self.two_digits()? * 100 + self.two_digits()?;
        self.expect(b'-')?;
        let month = self.number()?;
        self.expect(b'-')?;
        let day = self.number()?;
        let valid = (1..=12).contains(&month) && (1..=days_in(month, year)).contains(&day);
        valid.then_some(Timestamp {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
            offset: 0,
        })
    }

    fn clock(&mut self, time: &mut Timestamp) -> Option<()> {
        time.hour = self.number().filter(|hour| *hour < 24)?;
        self.expect(b':')?;
        time.minute = self.number().filter(|minute| *minute < 60)?;
        self.expect(b':')?;
        time.second = self.number().filter(|second| *second < 60)?;
        if let [b'.' | b',', b'0'..=b'9', ..] = self.rest {
            self.next();
            time.nanosecond = self.fraction();
        }
        Some(())
    }

    /// Any number of digits, of which nine count.
    fn fraction(&mut self) -> u32 {
        let mut unit = 1_000_000_000;
        let mut nanoseconds = 0;
        while let Some(digit) = self.digit() {
            unit /= 10;
            nanoseconds += digit * unit;
        }
        nanoseconds
    }

    /// `Z` or `+07:00`; minutes east of UTC.
    fn zone(&mut self) -> Option<i32> {
        let sign = match self.next()? {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        // Go allows 24 hours and 60 minutes here.
        let hours = self.two_digits().filter(|hours| *hours <= 24)?;
        self.expect(b':')?;
        let minutes = self.two_digits().filter(|minutes| *minutes <= 60)?;
        let minutes = i32::try_from(hours * 60 + minutes).ok()?;
        Some(sign * minutes)
    }
}

fn days_in(month: u32, year: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}
