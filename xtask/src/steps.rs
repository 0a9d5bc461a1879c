//! A sequence of steps: each has a line, a duration and an outcome; the first look at the end says what failed.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// What a step came to.
pub(crate) enum Outcome {
    /// Proven.
    Done,
    /// Not looked at, and why; never silent.
    Skipped(String),
}

/// Runs steps, keeps going after a failure, and fails at the end when one did.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Steps {
    /// Runs one step.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) {
        let begun = Instant::now();
        match work() {
            Ok(Outcome::Done) => println!("✓ {name} {}", took(begun.elapsed())),
            Ok(Outcome::Skipped(why)) => {
                println!("– {name}: not run, {why}");
                self.skipped.push(name.to_owned());
            }
            Err(error) => {
                println!("✗ {name} {}\n{error:#}\n", took(begun.elapsed()));
                self.failed.push(name.to_owned());
            }
        }
    }

    /// A step that cannot be skipped.
    pub(crate) fn must(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        self.step(name, || work().map(|()| Outcome::Done));
    }

    /// True while nothing failed.
    pub(crate) const fn good(&self) -> bool {
        self.failed.is_empty()
    }

    /// Names what failed.
    pub(crate) fn finish(&self) -> Result<()> {
        if !self.skipped.is_empty() {
            println!("not run: {}", self.skipped.join(", "));
        }
        if !self.failed.is_empty() {
            bail!("failed: {}", self.failed.join(", "));
        }
        Ok(())
    }
}

/// `(12.3 s)`, or nothing for what was over at once.
fn took(time: Duration) -> String {
    if time < Duration::from_millis(200) {
        String::new()
    } else {
        format!("({:.1} s)", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_does_not_stop_the_rest_but_the_whole() {
        let mut steps = Steps::default();
        let mut later = false;
        steps.must("first", || bail!("broken"));
        steps.must("second", || {
            later = true;
            Ok(())
        });
        steps.step("third", || Ok(Outcome::Skipped("no tool".into())));
        assert!(later, "one run shows everything that is wrong");
        let error = steps.finish().unwrap_err().to_string();
        assert_eq!(error, "failed: first", "skipping is no failure");
    }
}
