//! A customer's documents as a table for spreadsheets.
//!
//! RFC 4180, with a byte order mark so that Excel reads UTF-8. A spreadsheet runs what begins as a formula, and names and
//! numbers come from outside: such a field gets an apostrophe before it (OWASP, "CSV Injection").

use std::sync::Arc;

use kontor_model::Amount;
use kontor_store::{DocumentRow, PaperKind};

use super::dossier::Reckoning;
use super::family;
use super::page::DocumentsAsked;
use crate::context::blocking;
use crate::engine::Engine;
use crate::error::Result;

/// How numbers, columns and headings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableWords {
    /// Decimal point, commas between columns.
    English,
    /// Decimal comma, semicolons between columns.
    Slovenian,
}

const ENGLISH: [&str; 10] = [
    "Type",
    "Number",
    "Date",
    "Due",
    "Total",
    "Paid",
    "Open",
    "Currency",
    "Status",
    "Days overdue",
];
const SLOVENIAN: [&str; 10] = [
    "Vrsta",
    "Številka",
    "Datum",
    "Rok",
    "Skupaj",
    "Plačano",
    "Odprto",
    "Valuta",
    "Stanje",
    "Dni zamude",
];

impl Engine {
    /// Returns documents of a customer as a table, newest first, a line each behind a line of headings.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn documents_table(
        &self,
        customer: &str,
        asked: DocumentsAsked,
        words: TableWords,
    ) -> Result<String> {
        let ctx = Arc::clone(&self.ctx);
        let id = customer.to_owned();
        blocking(move || {
            let (now, moment) = (ctx.clock.now(), ctx.moment());
            let members = family::families(&ctx)?.members(&id);
            Ok(ctx.store.read(|r| {
                let reckoning = Reckoning::of(r, now, moment)?;
                let filter = asked.filter(&reckoning);
                let page = r.document_page(&members, &filter, None, u32::MAX)?;
                let mut table = String::from("\u{feff}");
                let headings = words.headings().map(str::to_owned);
                line(&mut table, &headings, words);
                for row in &page.rows {
                    line(&mut table, &fields(row, &reckoning, words), words);
                }
                Ok(table)
            })?)
        })
        .await
    }
}

impl TableWords {
    fn headings(self) -> [&'static str; 10] {
        match self {
            Self::English => ENGLISH,
            Self::Slovenian => SLOVENIAN,
        }
    }

    fn kind(self, kind: PaperKind) -> &'static str {
        match (self, kind) {
            (Self::English, PaperKind::Offer) => "Offer",
            (Self::English, PaperKind::Order) => "Order",
            (Self::English, PaperKind::Invoice) => "Invoice",
            (Self::English, PaperKind::CreditNote) => "Credit note",
            (Self::Slovenian, PaperKind::Offer) => "Ponudba",
            (Self::Slovenian, PaperKind::Order) => "Naročilo",
            (Self::Slovenian, PaperKind::Invoice) => "Račun",
            (Self::Slovenian, PaperKind::CreditNote) => "Dobropis",
        }
    }

    fn amount(self, amount: Amount) -> String {
        match self {
            Self::English => amount.to_string(),
            Self::Slovenian => amount.to_string().replace('.', ","),
        }
    }

    fn separator(self) -> char {
        match self {
            Self::English => ',',
            Self::Slovenian => ';',
        }
    }
}

fn fields(row: &DocumentRow, reckoning: &Reckoning, words: TableWords) -> [String; 10] {
    let figure = &row.figure;
    let open = kontor_crm::sums::open(figure);
    let late = kontor_crm::sums::overdue_days(figure, reckoning.today);
    [
        words.kind(figure.kind).to_owned(),
        harmless(&row.number),
        harmless(&figure.date),
        harmless(figure.due.as_deref().unwrap_or_default()),
        words.amount(figure.total),
        words.amount(figure.paid),
        words.amount(open),
        harmless(&figure.currency),
        harmless(&row.status),
        late.map(|days| days.to_string()).unwrap_or_default(),
    ]
}

/// A text no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    let formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if formula || text.starts_with(['\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn line(table: &mut String, fields: &[String; 10], words: TableWords) {
    for (n, field) in fields.iter().enumerate() {
        if n > 0 {
            table.push(words.separator());
        }
        if field.contains(['"', words.separator(), '\n', '\r']) {
            table.push('"');
            table.push_str(&field.replace('"', "\"\""));
            table.push('"');
        } else {
            table.push_str(field);
        }
    }
    table.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("2026-1187", "2026-1187")]
    #[case::formula("=1+1", "'=1+1")]
    #[case::formula_behind_a_space(" =cmd|' /C calc'!A0", "' =cmd|' /C calc'!A0")]
    #[case::at("@SUM(A1)", "'@SUM(A1)")]
    #[case::minus("-7", "'-7")]
    #[case::wide_sign("＝1", "'＝1")]
    #[case::tab("\t=1", "'\t=1")]
    fn no_field_is_a_formula(#[case] text: &str, #[case] want: &str) {
        assert_eq!(harmless(text), want);
    }

    #[rstest]
    #[case(TableWords::English, "a,b", "\"a,b\",\"say \"\"so\"\"\",")]
    #[case(TableWords::Slovenian, "a", "a;\"say \"\"so\"\"\";")]
    fn what_would_part_columns_is_quoted(
        #[case] words: TableWords,
        #[case] first: &str,
        #[case] want: &str,
    ) {
        let mut fields: [String; 10] = Default::default();
        fields[0] = first.to_owned();
        fields[1] = "say \"so\"".to_owned();
        let mut table = String::new();
        line(&mut table, &fields, words);
        assert!(
            table.starts_with(want) && table.ends_with("\r\n"),
            "{table}"
        );
    }

    #[test]
    fn amounts_are_written_as_the_language_does() {
        let amount: Amount = "-1240.5".parse().unwrap();
        assert_eq!(TableWords::English.amount(amount), "-1240.50");
        assert_eq!(TableWords::Slovenian.amount(amount), "-1240,50");
    }
}
