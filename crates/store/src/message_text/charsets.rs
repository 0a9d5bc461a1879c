//! The charsets a text may be read in, by the numbers the store keeps.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, ISO_8859_3,
    ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_8_I, ISO_8859_10,
    ISO_8859_13, ISO_8859_14, ISO_8859_15, ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS,
    UTF_8, UTF_16LE, WINDOWS_874, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253,
    WINDOWS_1254, WINDOWS_1255, WINDOWS_1256, WINDOWS_1257, WINDOWS_1258, X_MAC_CYRILLIC,
};

/// By number. Rows refer to these: what stands here stays where it stands, and new ones come last.
pub(super) static CHARSETS: [&Encoding; 37] = [
    UTF_8,
    WINDOWS_1250,
    WINDOWS_1252,
    ISO_8859_2,
    ISO_8859_15,
    ISO_8859_16,
    WINDOWS_1251,
    KOI8_R,
    KOI8_U,
    ISO_8859_5,
    IBM866,
    WINDOWS_1253,
    ISO_8859_7,
    WINDOWS_1254,
    WINDOWS_1255,
    ISO_8859_8,
    ISO_8859_8_I,
    WINDOWS_1256,
    ISO_8859_6,
    WINDOWS_1257,
    ISO_8859_4,
    ISO_8859_13,
    WINDOWS_1258,
    WINDOWS_874,
    ISO_8859_3,
    ISO_8859_10,
    ISO_8859_14,
    MACINTOSH,
    X_MAC_CYRILLIC,
    ISO_2022_JP,
    SHIFT_JIS,
    EUC_JP,
    GB18030,
    GBK,
    BIG5,
    EUC_KR,
    UTF_16LE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_with_their_charsets() {
        let names: Vec<&str> = CHARSETS.iter().map(|charset| charset.name()).collect();
        let kept = "UTF-8 windows-1250 windows-1252 ISO-8859-2 ISO-8859-15 ISO-8859-16 windows-1251 KOI8-R KOI8-U \
            ISO-8859-5 IBM866 windows-1253 ISO-8859-7 windows-1254 windows-1255 ISO-8859-8 ISO-8859-8-I windows-1256 \
            ISO-8859-6 windows-1257 ISO-8859-4 ISO-8859-13 windows-1258 windows-874 ISO-8859-3 ISO-8859-10 \
            ISO-8859-14 macintosh x-mac-cyrillic ISO-2022-JP Shift_JIS EUC-JP gb18030 GBK Big5 EUC-KR UTF-16LE";
        let names = names.join(" ");
        assert!(
            names.starts_with(kept),
            "rows of old profiles refer to them: {names}"
        );
    }
}
