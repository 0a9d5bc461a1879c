//! The words after `cargo xtask demo`.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

/// What somebody wants to see.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) screenshot: Option<PathBuf>,
    pub(crate) theme: Option<&'static str>,
    pub(crate) lang: Option<&'static str>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) seconds: Option<u64>,
}

impl Options {
    pub(crate) fn parse(words: &[String]) -> Result<Self> {
        let mut options = Self {
            screenshot: None,
            theme: None,
            lang: None,
            width: 1440,
            height: 900,
            seconds: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                words
                    .next()
                    .with_context(|| format!("{word} needs a value"))
            };
            match word.as_str() {
                "--screenshot" => options.screenshot = Some(PathBuf::from(value()?)),
                "--theme" => options.theme = Some(one_of(&["light", "dark"], value()?)?),
                "--lang" => options.lang = Some(one_of(&["en", "sl"], value()?)?),
                "--size" => (options.width, options.height) = size(value()?)?,
                "--seconds" => {
                    let seconds = value()?.parse();
                    options.seconds = Some(seconds.context("--seconds takes a whole number")?);
                }
                other => bail!(
                    "`cargo xtask demo` does not know {other}; `cargo xtask --help` lists what there is"
                ),
            }
        }
        Ok(options)
    }
}

fn one_of(choices: &[&'static str], word: &str) -> Result<&'static str> {
    let found = choices.iter().find(|c| **c == word);
    found
        .copied()
        .with_context(|| format!("{word} is none of {}", choices.join(", ")))
}

/// `1440x900`; the window's smallest size is 380 by 480.
fn size(word: &str) -> Result<(u32, u32)> {
    let sides = word
        .split_once('x')
        .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let (width, height) = sides.with_context(|| format!("{word} is no size; write 1440x900"))?;
    if !(380..=7680).contains(&width) || !(480..=4320).contains(&height) {
        bail!("{word}: the window is at least 380x480 and at most 7680x4320");
    }
    Ok((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn all_words_are_understood() {
        let got =
            parse("--screenshot a.png --theme dark --lang sl --size 400x860 --seconds 5").unwrap();
        let want = Options {
            screenshot: Some("a.png".into()),
            theme: Some("dark"),
            lang: Some("sl"),
            width: 400,
            height: 860,
            seconds: Some(5),
        };
        assert_eq!(got, want, "every option");
        assert_eq!(
            parse("").unwrap().width,
            1440,
            "the size of the pictures by default"
        );
    }

    #[test]
    fn wrong_words_get_a_sentence() {
        for (line, want) in [
            ("--theme blue", "none of light, dark"),
            ("--size big", "1440x900"),
            ("--size 10x10", "at least 380x480"),
            ("--seconds", "needs a value"),
            ("--nonsense", "does not know --nonsense"),
        ] {
            let error = format!("{:#}", parse(line).unwrap_err());
            assert!(error.contains(want), "{line}: {error}");
        }
    }
}
