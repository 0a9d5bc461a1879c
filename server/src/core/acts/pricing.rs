//! What a document comes to, as the ERP adds it up: each line is rounded to hundredths, then its discount, then its tax.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kontor_metakocka as mk;
use kontor_model::Amount;
use kontor_protocol::{ActLine, ActPreview, ActTax};

use super::words::amount;

/// Ten-thousandths in a hundredth.
const CENT: i128 = 100;
/// Ten-thousandths in one.
const ONE: i128 = 10_000;

/// Price and tax of a product in a currency on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Priced {
    /// For one, without tax.
    pub(super) net: Option<Amount>,
    /// The register's code.
    pub(super) tax: Option<String>,
    /// Percent.
    pub(super) rate: Option<Amount>,
}

/// The line without tax, after its discount.
pub(super) fn line_net(line: &ActLine) -> Amount {
    let whole = product(line.price, line.amount);
    let off = share(whole, line.discount);
    whole.minus(off)
}

/// Adds the lines up.
pub(super) fn add_up(preview: &mut ActPreview) {
    let mut taxes = BTreeMap::<Amount, Amount>::new();
    preview.net = Amount::ZERO;
    for line in &preview.lines {
        preview.net = preview.net.plus(line.net);
        let tax = taxes.entry(line.tax).or_default();
        *tax = tax.plus(share(line.net, line.tax));
    }
    preview.total = taxes.values().fold(preview.net, |sum, tax| sum.plus(*tax));
    preview.taxes = taxes
        .into_iter()
        .map(|(rate, amount)| ActTax { rate, amount })
        .collect();
}

/// What the price lists say: one for selling, in this currency, valid that day, for everybody, from the smallest amount
/// that reaches.
pub(super) fn priced(product: &mk::Product, currency: &str, day: Date, wanted: Amount) -> Priced {
    let lists = product.price_lists.iter().filter(|list| {
        let sells = list
            .sales_purchase
            .as_deref()
            .is_none_or(|word| word.to_lowercase().starts_with("sale"));
        let same = list
            .currency_code
            .as_deref()
            .is_none_or(|code| code.eq_ignore_ascii_case(currency));
        let now = list.valid_from.is_none_or(|from| from <= day)
            && list.valid_to.is_none_or(|to| day <= to);
        sells && same && now && list.buyer.as_deref().is_none_or(str::is_empty)
    });
    let mut prices = lists.flat_map(|list| &list.prices).filter(|price| {
        let from = price.amount_from.is_none() || amount(price.amount_from) <= wanted;
        let upto =
            price.amount_to.is_none_or(|to| to.is_zero()) || wanted <= amount(price.amount_to);
        from && upto
    });
    prices.next().map(read).unwrap_or_default()
}

fn read(price: &mk::Price) -> Priced {
    let desc = price
        .tax_desc
        .as_deref()
        .and_then(|text| text.trim().trim_end_matches('%').parse().ok());
    let factor = price.tax_factor.map(|factor| {
        let units = factor.to_units(4).unwrap_or_default();
        Amount::from_ten_thousandths(units.saturating_mul(100))
    });
    let rate = factor.or_else(|| desc.map(|percent: mk::Decimal| amount(Some(percent))));
    let net = price.price.map(|net| amount(Some(net)));
    let gross = price.price_with_tax.map(|gross| amount(Some(gross)));
    Priced {
        net: net.or_else(|| without_tax(gross?, rate?)),
        tax: price.tax.clone(),
        rate,
    }
}

fn without_tax(gross: Amount, rate: Amount) -> Option<Amount> {
    let hundred = ONE.checked_mul(100)?;
    let whole = hundred.checked_add(i128::from(rate.ten_thousandths()))?;
    let net = divided(
        i128::from(gross.ten_thousandths()).checked_mul(hundred)?,
        whole,
    )?;
    i64::try_from(net).ok().map(Amount::from_ten_thousandths)
}

/// Price times amount, in hundredths.
fn product(price: Amount, amount: Amount) -> Amount {
    rounded(
        i128::from(price.ten_thousandths()).saturating_mul(i128::from(amount.ten_thousandths())),
        ONE.saturating_mul(CENT),
    )
}

/// So many percent, in hundredths.
fn share(of: Amount, percent: Amount) -> Amount {
    rounded(
        i128::from(of.ten_thousandths()).saturating_mul(i128::from(percent.ten_thousandths())),
        ONE.saturating_mul(100).saturating_mul(CENT),
    )
}

/// `value / unit` hundredths, half away from zero.
fn rounded(value: i128, unit: i128) -> Amount {
    let cents = divided(value, unit).unwrap_or_default();
    let units = i64::try_from(cents.saturating_mul(CENT)).unwrap_or_default();
    Amount::from_ten_thousandths(units)
}

fn divided(value: i128, by: i128) -> Option<i128> {
    let quotient = value.checked_div(by)?;
    let rest = value.checked_rem(by)?;
    if rest.checked_abs()?.checked_mul(2)? < by {
        return Some(quotient);
    }
    quotient.checked_add(value.signum())
}

#[cfg(test)]
mod tests {
    use kontor_model::Amount;
    use kontor_protocol::{ActLine, ActPreview};
    use rstest::rstest;

    use super::{add_up, line_net, without_tax};

    fn of(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn line(amount: &str, price: &str, discount: &str, tax: &str) -> ActLine {
        let mut line = ActLine {
            amount: of(amount),
            price: of(price),
            discount: of(discount),
            tax: of(tax),
            ..ActLine::default()
        };
        line.net = line_net(&line);
        line
    }

    #[rstest]
    #[case::plain(line("3", "10.00", "0", "22"), "30.00", "36.60")]
    #[case::rounded_half_up(line("1", "0.125", "0", "0"), "0.13", "0.13")]
    #[case::discount(line("3", "9.99", "10", "22"), "26.97", "32.90")]
    #[case::back(line("-1", "10.05", "0", "9.5"), "-10.05", "-11.00")]
    #[case::fraction(line("0.333", "3", "0", "9.5"), "1.00", "1.10")]
    fn a_line_is_rounded_before_it_is_taxed(
        #[case] line: ActLine,
        #[case] net: &str,
        #[case] total: &str,
    ) {
        let mut preview = ActPreview {
            lines: vec![line],
            ..ActPreview::default()
        };
        add_up(&mut preview);
        assert_eq!(
            (preview.net, preview.total),
            (of(net), of(total)),
            "{preview:?}"
        );
    }

    #[test]
    fn taxes_stand_by_rate() {
        let mut preview = ActPreview {
            lines: vec![
                line("1", "100", "0", "22"),
                line("1", "50", "0", "9.5"),
                line("1", "10", "0", "22"),
            ],
            ..ActPreview::default()
        };
        add_up(&mut preview);
        let taxes: Vec<String> = preview
            .taxes
            .iter()
            .map(|t| format!("{} {}", t.rate, t.amount))
            .collect();
        assert_eq!(taxes, ["9.50 4.75", "22.00 24.20"]);
        assert_eq!(preview.total, of("188.95"));
    }

    #[test]
    fn a_price_with_tax_gives_one_without() {
        assert_eq!(without_tax(of("12.20"), of("22")), Some(of("10")));
        assert_eq!(without_tax(of("10"), of("9.5")), Some(of("9.1324")));
    }
}
