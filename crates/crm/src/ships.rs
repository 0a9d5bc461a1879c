//! Whether an order is still to be sent. The states are a company's own words; those Metakocka starts with are known, in
//! the register's English and as labels people see (facts/metakocka.md, "change_document_status").

use kontor_store::fold;

/// States in which nothing is to be sent any more, in small letters; once more without diacritics where they have some.
pub const DONE: &[&str] = &[
    "shipped",
    "delivered",
    "finished",
    "completed",
    "canceled",
    "cancelled",
    "lost",
    "damaged",
    "odpremljeno",
    "odposlano",
    "poslano",
    "dostavljeno",
    "zakljuceno",
    "zaključeno",
    "preklicano",
    "stornirano",
];

/// True while an order in this state is to be sent.
#[must_use]
pub fn is_to_ship(status: &str) -> bool {
    let folded = fold(status);
    !DONE.contains(&folded.trim())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::is_to_ship;

    #[rstest]
    #[case::new("new_order", true)]
    #[case::ready("ready_to_ship", true)]
    #[case::nobody_said("", true)]
    #[case::shipped("shipped", false)]
    #[case::as_a_label("Odpremljeno", false)]
    #[case::with_diacritics("Zaključeno", false)]
    #[case::cancelled("canceled", false)]
    fn an_order_is_to_ship_until_its_state_says_it_is_done(
        #[case] status: &str,
        #[case] want: bool,
    ) {
        assert_eq!(is_to_ship(status), want, "{status:?}");
    }
}
