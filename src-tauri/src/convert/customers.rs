//! What is known of customers becomes DTOs.

use kontor_engine as engine;
use kontor_engine::crm_rules;

use kontor_engine::store::{PaperKind, PaperState};

use crate::convert::small;
use crate::dto::Real;
use crate::dto::customers::{
    Badge, Badges, BilledMonth, BoughtProduct, CustomerCharts, CustomerContact, CustomerDuplicate,
    CustomerHit, CustomerPartner, CustomerRank, CustomerStatus, CustomerSuggestion, CustomerTotals,
    CustomerView, DocumentCounts, DocumentKind, DocumentLine, DocumentPage, DocumentPayment,
    DocumentState, DocumentView, DossierView, DuplicateReason, FoundDocument, LastOrder,
    NamedDocument, NamedIn, SoldProduct, Staleness, SuggestionReason, Turnover,
};

impl From<engine::DossierView> for DossierView {
    fn from(of: engine::DossierView) -> Self {
        Self {
            customer: of.customer.map(Into::into),
            suggestions: of.suggestions.into_iter().map(Into::into).collect(),
            address: of.address,
            linked: of.linked,
            several: of.several.into_iter().map(Into::into).collect(),
            waiting: of.waiting,
            connected: of.connected,
        }
    }
}

impl From<engine::SuggestionView> for CustomerSuggestion {
    fn from(of: engine::SuggestionView) -> Self {
        Self {
            customer: of.customer,
            name: of.name,
            reason: match of.reason {
                engine::SuggestionReason::SameAddress => SuggestionReason::SameAddress,
                engine::SuggestionReason::SameDomain => SuggestionReason::SameDomain,
                engine::SuggestionReason::SameName => SuggestionReason::SameName,
            },
        }
    }
}

impl From<engine::store::CustomerRow> for CustomerHit {
    fn from(row: engine::store::CustomerRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
        }
    }
}

impl From<engine::CustomerView> for CustomerView {
    fn from(of: engine::CustomerView) -> Self {
        Self {
            id: of.id,
            name: of.name,
            gone: of.gone,
            number: of.number,
            tax_number: of.tax_number,
            rank: of.rank.map(Into::into),
            status: of.status.into(),
            contacts: of.contacts.into_iter().map(Into::into).collect(),
            address: of.address,
            totals: of.totals.into_iter().map(Into::into).collect(),
            turnover_12_months: of.turnover_12_months.into_iter().map(Into::into).collect(),
            last_order: of.last_order.map(Into::into),
            counts: DocumentCounts {
                offers: of.counts.offers,
                orders: of.counts.orders,
                invoices: of.counts.invoices,
            },
            documents: of.documents.into_iter().map(Into::into).collect(),
            products: of.products.into_iter().map(Into::into).collect(),
            partners: of.partners.into_iter().map(Into::into).collect(),
            duplicates: of.duplicates.into_iter().map(Into::into).collect(),
            as_of: of.as_of.map(|at| at.to_string()),
            stale: of.stale.into(),
        }
    }
}

impl From<engine::PartnerView> for CustomerPartner {
    fn from(of: engine::PartnerView) -> Self {
        Self {
            id: of.id,
            name: of.name,
            number: of.number,
            place: of.place,
            gone: of.gone,
            documents: of.documents,
        }
    }
}

impl From<engine::DuplicateView> for CustomerDuplicate {
    fn from(of: engine::DuplicateView) -> Self {
        let reason = |reason: &str| match reason {
            "tax_number" => DuplicateReason::TaxNumber,
            "name_and_place" => DuplicateReason::NameAndPlace,
            _ => DuplicateReason::Address,
        };
        Self {
            partner: of.partner.into(),
            reasons: of.reasons.into_iter().map(reason).collect(),
        }
    }
}

impl From<crm_rules::Rank> for CustomerRank {
    fn from(rank: crm_rules::Rank) -> Self {
        match rank {
            crm_rules::Rank::A => Self::A,
            crm_rules::Rank::B => Self::B,
            crm_rules::Rank::C => Self::C,
        }
    }
}

impl From<crm_rules::Standing> for CustomerStatus {
    fn from(standing: crm_rules::Standing) -> Self {
        match standing {
            crm_rules::Standing::Prospect => Self::Prospect,
            crm_rules::Standing::New => Self::New,
            crm_rules::Standing::Active => Self::Active,
            crm_rules::Standing::Sleeping => Self::Sleeping,
            crm_rules::Standing::Overdue => Self::Overdue,
        }
    }
}

impl From<crm_rules::Staleness> for Staleness {
    fn from(stale: crm_rules::Staleness) -> Self {
        match stale {
            crm_rules::Staleness::Fresh => Self::Fresh,
            crm_rules::Staleness::Old => Self::Old,
            crm_rules::Staleness::VeryOld => Self::VeryOld,
        }
    }
}

impl From<engine::ContactView> for CustomerContact {
    fn from(of: engine::ContactView) -> Self {
        Self {
            name: of.name,
            email: of.email,
            phone: of.phone,
        }
    }
}

impl From<engine::TotalView> for CustomerTotals {
    fn from(of: engine::TotalView) -> Self {
        Self {
            currency: of.currency,
            total: Real(of.total),
            open: Real(of.open),
            overdue: Real(of.overdue),
        }
    }
}

impl From<engine::TurnoverView> for Turnover {
    fn from(of: engine::TurnoverView) -> Self {
        Self {
            currency: of.currency,
            total: Real(of.total),
        }
    }
}

impl From<engine::LastOrderView> for LastOrder {
    fn from(of: engine::LastOrderView) -> Self {
        Self {
            id: of.id,
            number: of.number,
            date: of.date,
            total: Real(of.total),
            currency: of.currency,
            status: of.status,
            status_label: of.status_label,
        }
    }
}

impl From<engine::DocumentView> for DocumentView {
    fn from(of: engine::DocumentView) -> Self {
        Self {
            id: of.id,
            customer: of.customer,
            kind: kind(of.kind),
            doc_type: of.doc_type,
            number: of.number,
            their_number: of.their_number,
            title: of.title,
            date: of.date,
            due: of.due,
            total: Real(of.total),
            currency: of.currency,
            open: Real(of.open),
            overdue_days: of.overdue_days,
            status: of.status,
            status_label: of.status_label,
            issued: of.issued,
            lines: of.lines.into_iter().map(Into::into).collect(),
            payments: of.payments.into_iter().map(Into::into).collect(),
            belongs_with: of.belongs_with,
            as_of: of.as_of.to_string(),
        }
    }
}

impl From<engine::BadgesView> for Badges {
    fn from(of: engine::BadgesView) -> Self {
        let known = of.known.into_iter();
        Self {
            known: known
                .map(|badge| Badge {
                    address: badge.address,
                    customer: badge.customer,
                    name: badge.name,
                    rank: badge.rank.map(Into::into),
                    status: badge.status.into(),
                    overdue_days: badge.overdue_days,
                    ships_today: badge.ships_today,
                })
                .collect(),
            first: of.first,
        }
    }
}

impl From<engine::FoundDocument> for FoundDocument {
    fn from(of: engine::FoundDocument) -> Self {
        Self {
            customer: of.customer,
            customer_name: of.customer_name,
            document: of.document.into(),
        }
    }
}

impl From<engine::DocRefView> for NamedDocument {
    fn from(of: engine::DocRefView) -> Self {
        Self {
            text: of.text,
            place: match of.place {
                "subject" => NamedIn::Subject,
                "attachment" => NamedIn::Attachment,
                _ => NamedIn::Body,
            },
            file: of.file,
            document: of.document.into(),
        }
    }
}

impl From<engine::DocumentsView> for DocumentPage {
    fn from(of: engine::DocumentsView) -> Self {
        Self {
            documents: of.documents.into_iter().map(Into::into).collect(),
            next: of.next,
            total: small(of.total),
        }
    }
}

impl From<engine::ChartsView> for CustomerCharts {
    fn from(of: engine::ChartsView) -> Self {
        let month = |month: engine::MonthView| BilledMonth {
            currency: month.currency,
            begins: month.begins,
            billed: Real(month.billed),
            open: Real(month.open),
        };
        let product = |product: engine::SoldView| SoldProduct {
            currency: product.currency,
            worth: Real(product.worth),
            code: product.code,
            name: product.name,
            amount: Real(product.amount),
            unit: product.unit,
            last_at: product.last_at,
        };
        Self {
            months: of.months.into_iter().map(month).collect(),
            products: of.products.into_iter().map(product).collect(),
        }
    }
}

impl From<DocumentKind> for PaperKind {
    fn from(kind: DocumentKind) -> Self {
        match kind {
            DocumentKind::Offer => Self::Offer,
            DocumentKind::Order => Self::Order,
            DocumentKind::Invoice => Self::Invoice,
            DocumentKind::CreditNote => Self::CreditNote,
        }
    }
}

impl From<DocumentState> for PaperState {
    fn from(state: DocumentState) -> Self {
        match state {
            DocumentState::Open => Self::Open,
            DocumentState::Overdue => Self::Overdue,
            DocumentState::Paid => Self::Paid,
            DocumentState::Draft => Self::Draft,
            DocumentState::ToShip => Self::ToShip,
        }
    }
}

/// Of the engine's four words; anything else would be a bill.
fn kind(word: &str) -> DocumentKind {
    match word {
        "offer" => DocumentKind::Offer,
        "order" => DocumentKind::Order,
        "credit_note" => DocumentKind::CreditNote,
        _ => DocumentKind::Invoice,
    }
}

impl From<engine::LineView> for DocumentLine {
    fn from(of: engine::LineView) -> Self {
        Self {
            code: of.code,
            name: of.name,
            amount: Real(of.amount),
            unit: of.unit,
            price: Real(of.price),
            discount: Real(of.discount),
        }
    }
}

impl From<engine::PaymentView> for DocumentPayment {
    fn from(of: engine::PaymentView) -> Self {
        Self {
            date: of.date,
            amount: Real(of.amount),
            kind: of.kind,
        }
    }
}

impl From<engine::ProductView> for BoughtProduct {
    fn from(of: engine::ProductView) -> Self {
        Self {
            code: of.code,
            name: of.name,
            amount: Real(of.amount),
            unit: of.unit,
            last_at: of.last_at,
        }
    }
}
