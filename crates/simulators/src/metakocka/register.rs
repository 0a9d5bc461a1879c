//! The registers of the simulated company: document types, statuses, taxes, currencies, warehouses.

/// A document's type: papers of sales, and those of purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// `sales_offer`.
    Offer,
    /// `sales_order`.
    Order,
    /// `sales_bill_domestic`.
    Domestic,
    /// `sales_bill_foreign`.
    Foreign,
    /// `sales_bill_retail`.
    Retail,
    /// `sales_bill_prepaid`.
    Prepaid,
    /// `sales_bill_credit_note`.
    CreditNote,
    /// `purchase_order`.
    PurchaseOrder,
    /// `purchase_bill_domestic`.
    PurchaseDomestic,
    /// `purchase_bill_foreign`.
    PurchaseForeign,
    /// `purchase_bill_prepaid`.
    PurchasePrepaid,
    /// `purchase_bill_credit_note`.
    PurchaseCreditNote,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Offer,
        Self::Order,
        Self::Domestic,
        Self::Foreign,
        Self::Retail,
        Self::Prepaid,
        Self::CreditNote,
        Self::PurchaseOrder,
        Self::PurchaseDomestic,
        Self::PurchaseForeign,
        Self::PurchasePrepaid,
        Self::PurchaseCreditNote,
    ];

    /// As in `doc_type`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Offer => "sales_offer",
            Self::Order => "sales_order",
            Self::Domestic => "sales_bill_domestic",
            Self::Foreign => "sales_bill_foreign",
            Self::Retail => "sales_bill_retail",
            Self::Prepaid => "sales_bill_prepaid",
            Self::CreditNote => "sales_bill_credit_note",
            Self::PurchaseOrder => "purchase_order",
            Self::PurchaseDomestic => "purchase_bill_domestic",
            Self::PurchaseForeign => "purchase_bill_foreign",
            Self::PurchasePrepaid => "purchase_bill_prepaid",
            Self::PurchaseCreditNote => "purchase_bill_credit_note",
        }
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What the numbers people see begin with.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Offer => "PN-",
            Self::Order => "NAR-",
            Self::Domestic => "",
            Self::Foreign => "IZ-",
            Self::Retail => "MP-",
            Self::Prepaid => "AR-",
            Self::CreditNote => "DP-",
            Self::PurchaseOrder => "NND-",
            Self::PurchaseDomestic => "PR-",
            Self::PurchaseForeign => "PRT-",
            Self::PurchasePrepaid => "PAR-",
            Self::PurchaseCreditNote => "PDP-",
        }
    }

    /// Whether money is owed by it: to the company, or by it.
    pub(crate) const fn is_bill(self) -> bool {
        !matches!(self, Self::Offer | Self::Order | Self::PurchaseOrder)
    }
}

/// Document types that exist, but of which the sample company has none.
pub(crate) const EMPTY_KINDS: &[&str] = &[
    "purchase_product",
    "warehouse_delivery_note",
    "warehouse_packing_list",
    "warehouse_receiving_note",
    "warehouse_acceptance_note",
    "transfer_order",
    "workorder",
    "complaint",
];

/// A status: its id, its description (the stable key) and its label.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) id: u8,
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    orders: bool,
}

const fn status(id: u8, key: &'static str, label: &'static str, orders: bool) -> Status {
    Status {
        id,
        key,
        label,
        orders,
    }
}

/// What the company calls the states of its documents; id 0 is "no status".
pub(crate) static STATUSES: [Status; 12] = [
    status(1, "created", "Novo naročilo", true),
    status(2, "draft", "Osnutek", true),
    status(3, "ready_to_ship", "Pripravljeno za odpremo", true),
    status(4, "shipped", "Odpremljeno", true),
    status(5, "canceled", "Preklicano", true),
    status(6, "lost", "Izgubljeno", true),
    status(7, "damaged", "Poškodovano", true),
    status(8, "sent", "Poslano kupcu", false),
    status(9, "accepted", "Potrjeno", false),
    status(10, "rejected", "Zavrnjeno", false),
    status(11, "reminded", "Opomin poslan", false),
    status(12, "disputed", "V reklamaciji", false),
];

/// The id without a status.
pub(crate) const NO_STATUS: u8 = 0;

/// The status with this id.
pub(crate) fn status_of(id: u8) -> Option<&'static Status> {
    STATUSES.iter().find(|s| s.id == id)
}

/// The status with this description, if documents of this type can have it.
pub(crate) fn status_named(kind: Kind, key: &str) -> Option<u8> {
    let orders = kind == Kind::Order;
    let found = STATUSES
        .iter()
        .find(|s| s.orders == orders && (s.key == key || s.label == key));
    found.map(|s| s.id)
}

/// A tax of the register.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tax {
    /// As on lines.
    pub(crate) code: &'static str,
    /// In thousandths of the price.
    pub(crate) rate: i64,
}

const fn tax(code: &'static str, rate: i64) -> Tax {
    Tax { code, rate }
}

/// The taxes; the last four are codes of old.
pub(crate) static TAXES: [Tax; 8] = [
    tax("EX1", 0),
    tax("EX2", 50),
    tax("EX3", 95),
    tax("EX4", 220),
    tax("000", 0),
    tax("085", 85),
    tax("200", 200),
    tax("220", 220),
];

impl Tax {
    /// The usual one, 22 %.
    pub(crate) const USUAL: &'static Self = &tax("EX4", 220);
    /// No tax: exports, and trades where the buyer owes it.
    pub(crate) const NONE: &'static Self = &tax("EX1", 0);

    pub(crate) fn named(code: &str) -> Option<&'static Self> {
        TAXES.iter().find(|t| t.code.eq_ignore_ascii_case(code))
    }

    /// The first tax with this rate, written as `0.22`.
    pub(crate) fn with_factor(factor: &str) -> Option<&'static Self> {
        let rate = super::money::Amount::parse(factor)?.0;
        TAXES.iter().find(|t| t.rate == rate)
    }

    /// `0.22`.
    pub(crate) fn factor(&self) -> String {
        super::money::Amount(self.rate).dotted()
    }

    /// `22`, `9.5`: per cent.
    pub(crate) fn percent(&self) -> String {
        super::money::Amount(self.rate.saturating_mul(100)).dotted()
    }
}

/// A warehouse: its id, its mark (documents name that) and its name.
pub(crate) const WAREHOUSES: &[(u64, &str, &str)] = &[
    (1_400_000_001, "CE", "Skladišče Celje"),
    (1_400_000_002, "LJ", "Skladišče Ljubljana"),
    (1_400_000_003, "REK", "Reklamacije"),
];

/// How goods go out; others are dropped in silence.
pub(crate) const DELIVERIES: &[&str] = &["Kombi", "Kurir", "Paketna pošta", "Osebni prevzem"];

/// How bills are paid.
pub(crate) const PAYMENTS: &[&str] = &["Nakazilo", "Kartica", "PayPal", "Gotovina", "Kompenzacija"];

/// A country: its name and its code.
pub(crate) const COUNTRIES: &[(&str, &str)] = &[
    ("Slovenija", "SI"),
    ("Avstrija", "AT"),
    ("Nemčija", "DE"),
    ("Hrvaška", "HR"),
    ("Italija", "IT"),
    ("Združeno kraljestvo", "GB"),
    ("Švica", "CH"),
    ("Švedska", "SE"),
    ("Irska", "IE"),
    ("Norveška", "NO"),
    ("Poljska", "PL"),
    ("Danska", "DK"),
];

/// The code of a country, by its name or the code itself; Slovenia's when nobody knows it.
pub(crate) fn country_code(name: &str) -> &'static str {
    let known = COUNTRIES
        .iter()
        .find(|(n, c)| *n == name || c.eq_ignore_ascii_case(name));
    known.map_or("SI", |(_, code)| code)
}

/// The name of a country, by its code.
pub(crate) fn country_name(code: &str) -> &'static str {
    let known = COUNTRIES.iter().find(|(_, c)| *c == code);
    known.map_or("Slovenija", |(name, _)| name)
}
