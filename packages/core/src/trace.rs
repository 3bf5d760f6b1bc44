//! Which trace a piece of work belongs to, as it travels in headers, in sagas and in events (W3C Trace Context, level 1).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A trace, and the span in it that asked for the work. Written `00-<trace>-<span>-<flags>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceContext {
    /// 128 bits, never zero.
    pub trace: u128,
    /// 64 bits, never zero.
    pub span: u64,
    /// Whether whoever began the trace keeps it.
    pub sampled: bool,
}

/// A text that is no `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a traceparent looks like `00-<32 digits>-<16 digits>-<2 digits>`, in lower-case hexadecimal and not zero")]
pub struct MalformedTrace;

impl TraceContext {
    /// A trace that begins here, out of 128 random bits.
    pub const fn beginning(random: u128) -> Self {
        let trace = if random == 0 { 1 } else { random };
        #[expect(clippy::cast_possible_truncation, reason = "half of the random bits are random as well")]
        let span = (trace ^ (trace >> 64)) as u64;
        Self { trace, span: if span == 0 { 1 } else { span }, sampled: true }
    }

    /// 32 hexadecimal digits, by which logs and people name the trace.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }
}

impl FromStr for TraceContext {
    type Err = MalformedTrace;

    /// Reads also what later versions of the standard append.
    fn from_str(text: &str) -> Result<Self, MalformedTrace> {
        let mut parts = text.splitn(5, '-');
        let mut number = |digits: usize| {
            let part = parts.next().filter(|part| part.len() == digits).ok_or(MalformedTrace)?;
            let lower_hex = part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            u128::from_str_radix(part, 16).ok().filter(|_| lower_hex).ok_or(MalformedTrace)
        };
        let (version, trace, span, flags) = (number(2)?, number(32)?, number(16)?, number(2)?);
        let span = u64::try_from(span).map_err(|_| MalformedTrace)?;
        let more = parts.next().is_some();
        if trace == 0 || span == 0 || version == 0xff || (version == 0 && more) {
            return Err(MalformedTrace);
        }
        Ok(Self { trace, span, sampled: flags & 1 == 1 })
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, u8::from(self.sampled))
    }
}

impl TryFrom<String> for TraceContext {
    type Error = MalformedTrace;

    fn try_from(text: String) -> Result<Self, MalformedTrace> {
        text.parse()
    }
}

impl From<TraceContext> for String {
    fn from(context: TraceContext) -> Self {
        context.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_reads_back_from_its_text() {
        let context: TraceContext = TEXT.parse().unwrap();
        assert_eq!((context.trace_id().as_str(), context.sampled), ("0af7651916cd43dd8448eb211c80319c", true));
        assert_eq!(context.to_string(), TEXT);
        assert_eq!(serde_json::from_str::<TraceContext>(&serde_json::to_string(&context).unwrap()).unwrap(), context);
        let later = TEXT.replacen("00", "01", 1) + "-more";
        assert_eq!(later.parse(), Ok(context), "a later version");
        assert!(!TEXT.replace("-01", "-00").parse::<TraceContext>().unwrap().sampled);
    }

    #[test]
    fn what_is_no_traceparent_is_refused() {
        let zero_trace = TEXT.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32));
        let zero_span = TEXT.replace("b7ad6b7169203331", &"0".repeat(16));
        let more = format!("{TEXT}-more");
        let never = TEXT.replacen("00", "ff", 1);
        for text in ["", "00", "00-0-0-00", &zero_trace, &zero_span, &more, &never, &TEXT.to_uppercase(), &TEXT[1..]] {
            assert_eq!(text.parse::<TraceContext>(), Err(MalformedTrace), "{text}");
        }
    }

    #[test]
    fn a_beginning_is_always_a_trace() {
        for random in [0, 1, u128::MAX, (7 << 64) | 7] {
            let context = TraceContext::beginning(random);
            assert_eq!(context.to_string().parse(), Ok(context), "{random}");
        }
    }
}
