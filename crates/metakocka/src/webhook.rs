//! What Metakocka sends by itself: changed stock. Nothing else is documented.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::page::Page;
use crate::secret::SecretKey;
use crate::stock::StockRow;

/// The header that says what happened.
pub const EVENT_HEADER: &str = "X-MetaKocka-Event";
/// The header with the event's own id: the same event comes again when it was not answered well.
pub const ID_HEADER: &str = "X-MetaKocka-Id";
/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-MetaKocka-Signature";
/// The one event there is.
pub const STOCK_EVENT: &str = "warehouse_product_stock_update";
/// What an event is answered with, as JSON, so that it does not come again. The vendor's text and example name different
/// fields; this has both.
pub const WELL: &str = r#"{"status":"ok","check_respond_status_json_ok":"true"}"#;

/// True when the body was signed with this secret: Base64 of its HMAC-SHA1. Takes the same time for every wrong signature.
#[must_use]
pub fn is_signed(body: &[u8], signature: &str, client_secret: &SecretKey) -> bool {
    let Ok(signature) = STANDARD.decode(signature.trim()) else {
        return false;
    };
    let key = hmac::Key::new(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        client_secret.expose().as_bytes(),
    );
    // Anybody can sign with an empty secret.
    !client_secret.is_empty() && hmac::verify(&key, body, &signature).is_ok()
}

/// The stock rows of an event, as [`Client::warehouse_stock`](crate::Client::warehouse_stock) has them. Check the
/// signature first.
///
/// # Errors
/// [`Error::Garbled`] for a body that is no stock.
pub fn stock(body: &[u8]) -> Result<Page<StockRow>, Error> {
    let garbled = |why: &str| Error::Garbled {
        why: why.to_owned(),
    };
    let map = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(map)) => map,
        // The bare list.
        Ok(list @ Value::Array(_)) => Map::from_iter([("stock_list".to_owned(), list)]),
        Ok(_) => return Err(garbled("it is no JSON object")),
        Err(_) => return Err(garbled("it is no JSON")),
    };
    if !map.contains_key("stock_list") {
        return Err(garbled("it has no stock_list"));
    }
    Ok(Page::read(
        &map,
        "stock_list",
        (0, u32::MAX),
        StockRow::read,
    ))
}

#[cfg(test)]
mod tests {
    use super::{is_signed, stock};
    use crate::secret::SecretKey;
    use proptest::prelude::*;
    use rstest::rstest;

    const BODY: &[u8] = b"The quick brown fox jumps over the lazy dog";
    // HMAC-SHA1 of that sentence with the key "key": de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9.
    const SIGNATURE: &str = "3nybhbi3iqa8ino29wqQcBydtNk=";

    #[rstest]
    #[case::good(BODY, SIGNATURE, "key", true)]
    #[case::blanks_around(BODY, " 3nybhbi3iqa8ino29wqQcBydtNk= ", "key", true)]
    #[case::another_body(
        b"The quick brown fox jumps over the lazy cog",
        SIGNATURE,
        "key",
        false
    )]
    #[case::another_secret(BODY, SIGNATURE, "kez", false)]
    #[case::shortened(BODY, "3nybhbi3iqa8ino29wqQcBydtA==", "key", false)]
    #[case::no_base64(BODY, "de7c9b85…", "key", false)]
    #[case::nothing(BODY, "", "key", false)]
    #[case::no_secret(b"", "+9sdGxiqbAgyS31ktx+3Y3BpDh0=", "", false)]
    fn only_what_was_signed_counts(
        #[case] body: &[u8],
        #[case] signature: &str,
        #[case] secret: &str,
        #[case] want: bool,
    ) {
        assert_eq!(is_signed(body, signature, &SecretKey::new(secret)), want);
    }

    #[rstest]
    #[case::list(
        r#"{"stock_list":[{"mk_id":"7","amount":"2,5"},{"mk_id":"8","amount":"-1"}]}"#,
        2
    )]
    #[case::bare_object(r#"{"stock_list":{"mk_id":"7","amount":"2,5"}}"#, 1)]
    #[case::bare_list(r#"[{"mk_id":"7"}]"#, 1)]
    #[case::empty(r#"{"stock_list":""}"#, 0)]
    fn stock_comes_as_in_stock_lists(#[case] body: &str, #[case] rows: usize) {
        assert_eq!(stock(body.as_bytes()).expect("stock").items.len(), rows);
    }

    #[rstest]
    #[case("<html>")]
    #[case("{}")]
    #[case("7")]
    fn anything_else_is_refused(#[case] body: &str) {
        assert!(stock(body.as_bytes()).is_err(), "{body}");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200), signature in any::<String>()) {
            let _nothing = (stock(&body).is_ok(), is_signed(&body, &signature, &SecretKey::new("k")));
        }
    }
}
