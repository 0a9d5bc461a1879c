//! Tokens as JSON Web Signatures (RFC 7515), and keys.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// A P-256 key with a name.
#[derive(Debug)]
pub(super) struct Signer {
    key: EcdsaKeyPair,
    name: String,
}

impl Signer {
    pub(super) fn new() -> Result<Self> {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).map_err(|_why| no_random())?;
        let key = EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random)
            .map_err(|e| anyhow!("a key that was just made is refused: {e}"))?;
        Ok(Self {
            key,
            name: self::random()?,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The public half (RFC 7518 6.2).
    pub(super) fn jwk(&self) -> Value {
        // Uncompressed: a 4, then both coordinates.
        let point = self.key.public_key().as_ref();
        let half = |from: usize, to: usize| {
            let half = point.get(from..to).unwrap_or_default();
            URL_SAFE_NO_PAD.encode(half)
        };
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.name,
            "x": half(1, 33), "y": half(33, 65),
        })
    }

    /// Signs in the name of some key.
    pub(super) fn sign(&self, claims: &Value, name: &str) -> Result<String> {
        let text = signed(
            &json!({ "alg": "ES256", "kid": name, "typ": "JWT" }),
            claims,
        );
        let signature = self
            .key
            .sign(&SystemRandom::new(), text.as_bytes())
            .map_err(|_why| no_random())?;
        let signature = URL_SAFE_NO_PAD.encode(signature.as_ref());
        Ok(format!("{text}.{signature}"))
    }
}

pub(super) fn unsigned(claims: &Value) -> String {
    let text = signed(&json!({ "alg": "none", "typ": "JWT" }), claims);
    format!("{text}.")
}

pub(super) fn symmetric(claims: &Value, secret: &str) -> String {
    let text = signed(&json!({ "alg": "HS256", "typ": "JWT" }), claims);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let sum = hmac::sign(&key, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(sum.as_ref()))
}

/// What a signature is of.
fn signed(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// 24 random bytes in base64url.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; 24];
    let random = SystemRandom::new();
    random.fill(&mut bytes).map_err(|_why| no_random())?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "a provider of its own, with a clock of its own"
)]
pub(super) fn now() -> Result<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.context("the clock is before 1970")?.as_secs())
}

fn no_random() -> anyhow::Error {
    anyhow!("the system gives no random numbers")
}
