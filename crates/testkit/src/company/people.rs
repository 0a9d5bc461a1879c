//! Who writes: colleagues, customers, suppliers. Everybody is invented; their domains end in `.example`.

/// The language somebody writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    /// Slovenian.
    Sl,
    /// English.
    En,
    /// German.
    De,
}

/// What somebody is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Works at Hrast & Vijak.
    Colleague,
    /// Buys from us.
    Customer,
    /// Sells to us.
    Supplier,
    /// Writes without being asked: newsletters, machines.
    Sender,
}

/// One person or desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Short name used in the thread files.
    pub key: &'static str,
    /// As in the From header.
    pub name: &'static str,
    /// Mail address.
    pub address: &'static str,
    /// Company, as in a signature.
    pub company: &'static str,
    /// The language they write.
    pub lang: Lang,
    /// What they are to us.
    pub role: Role,
}

impl Person {
    /// The first word of the name.
    #[must_use]
    pub fn first(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }

    /// What stands behind the @.
    #[must_use]
    pub fn domain(&self) -> &'static str {
        self.address.split_once('@').map_or("", |(_, d)| d)
    }
}

/// Everybody, colleagues first.
pub const PEOPLE: &[Person] = &[
    colleague("maja", "Maja Hribar", "maja@hrastvijak.example"),
    colleague("ana", "Ana Zupančič", "ana@hrastvijak.example"),
    colleague("bor", "Bor Kranjc", "bor@hrastvijak.example"),
    colleague("jan", "Jan Vrhovec", "jan@hrastvijak.example"),
    colleague("nika", "Nika Oblak", "nika@hrastvijak.example"),
    colleague("luka", "Luka Pirc", "luka@hrastvijak.example"),
    customer(
        "tomaz",
        "Tomaž Kovač",
        "tomaz@mizarstvo-kovac.example",
        "Mizarstvo Kovač d.o.o.",
        Lang::Sl,
    ),
    customer(
        "nina",
        "Nina Kovač",
        "nina@mizarstvo-kovac.example",
        "Mizarstvo Kovač d.o.o.",
        Lang::Sl,
    ),
    customer(
        "sarah",
        "Sarah Whitfield",
        "sarah.whitfield@brightwater.example",
        "Brightwater Interiors",
        Lang::En,
    ),
    customer(
        "zagar",
        "Nika Žagar",
        "nika@studiozagar.example",
        "Studio Žagar",
        Lang::Sl,
    ),
    customer(
        "katharina",
        "Katharina Steiner",
        "k.steiner@moebel-steiner.example",
        "Möbel Steiner GmbH",
        Lang::En,
    ),
    customer(
        "gorenc",
        "Mateja Gorenc",
        "mateja.gorenc@stanovanja-gorenc.example",
        "Stanovanja Gorenc",
        Lang::Sl,
    ),
    customer(
        "vidmar",
        "Peter Vidmar",
        "peter@parketarstvo-vidmar.example",
        "Parketarstvo Vidmar",
        Lang::Sl,
    ),
    customer(
        "jonas",
        "Jonas Lindqvist",
        "jonas@nordhavn.example",
        "Nordhavn Kitchens",
        Lang::En,
    ),
    customer(
        "alenka",
        "Alenka Potočnik",
        "alenka.potocnik@hoteljezero.example",
        "Hotel Jezero",
        Lang::Sl,
    ),
    customer(
        "gregor",
        "Gregor Mlakar",
        "gregor@kuhinje-mlakar.example",
        "Kuhinje Mlakar",
        Lang::Sl,
    ),
    customer(
        "roman",
        "Roman Hočevar",
        "roman@stolarstvo-hocevar.example",
        "Stolarstvo Hočevar",
        Lang::Sl,
    ),
    customer(
        "irena",
        "Irena Kastelic",
        "irena@kastelic-oprema.example",
        "Kastelic oprema",
        Lang::Sl,
    ),
    customer(
        "matjaz",
        "Matjaž Bizjak",
        "matjaz@bizjak-les.example",
        "Bizjak les",
        Lang::Sl,
    ),
    customer(
        "polona",
        "Polona Šuštar",
        "polona@atelje-sustar.example",
        "Atelje Šuštar",
        Lang::Sl,
    ),
    customer(
        "dejan",
        "Dejan Čuk",
        "dejan@cuk-gradnje.example",
        "Čuk gradnje",
        Lang::Sl,
    ),
    customer(
        "vesna",
        "Vesna Žnidaršič",
        "vesna@vrtnipaviljoni.example",
        "Vrtni paviljoni Žnidaršič",
        Lang::Sl,
    ),
    customer(
        "andrej",
        "Andrej Grošelj",
        "andrej@groselj-stopnice.example",
        "Grošelj stopnice",
        Lang::Sl,
    ),
    customer(
        "katja",
        "Katja Rožič",
        "katja@sola-rozna.example",
        "OŠ Rožna dolina",
        Lang::Sl,
    ),
    customer(
        "oliver",
        "Oliver Grant",
        "oliver@grantjoinery.example",
        "Grant Joinery",
        Lang::En,
    ),
    customer(
        "emma",
        "Emma Doyle",
        "emma@doylefitout.example",
        "Doyle Fit-Out",
        Lang::En,
    ),
    customer(
        "lars",
        "Lars Pedersen",
        "lars@fjordkjokken.example",
        "Fjord Kjøkken",
        Lang::En,
    ),
    customer(
        "giulia",
        "Giulia Ferri",
        "giulia@ferriarredi.example",
        "Ferri Arredi",
        Lang::En,
    ),
    customer(
        "piotr",
        "Piotr Zieliński",
        "piotr@zielinskimeble.example",
        "Zieliński Meble",
        Lang::En,
    ),
    customer(
        "markus",
        "Markus Brandstätter",
        "brandstaetter@tischlerei-b.example",
        "Tischlerei Brandstätter",
        Lang::De,
    ),
    customer(
        "heike",
        "Heike Vogel",
        "h.vogel@vogel-innenausbau.example",
        "Vogel Innenausbau",
        Lang::De,
    ),
    customer(
        "josef",
        "Josef Kärntner",
        "office@kaerntner-holz.example",
        "Kärntner Holzbau",
        Lang::De,
    ),
    supplier(
        "zaga",
        "Žaga Pohorje",
        "prodaja@zaga-pohorje.example",
        "Žaga Pohorje d.o.o.",
        Lang::Sl,
    ),
    supplier(
        "okov",
        "Miran Lah",
        "miran.lah@okov-center.example",
        "Okov center",
        Lang::Sl,
    ),
    supplier(
        "beschlag",
        "Sabine Huber",
        "s.huber@alpen-beschlag.example",
        "Alpen Beschlag GmbH",
        Lang::De,
    ),
    supplier(
        "prevozi",
        "Prevozi Golob",
        "dispecer@prevozi-golob.example",
        "Prevozi Golob",
        Lang::Sl,
    ),
    supplier(
        "finish",
        "Claire Martin",
        "claire@nordicfinish.example",
        "Nordic Finish",
        Lang::En,
    ),
    sender(
        "trznica",
        "Lesna tržnica",
        "novice@lesnatrznica.example",
        Lang::Sl,
    ),
    sender(
        "sejem",
        "Sejem Ambient",
        "info@sejem-ambient.example",
        Lang::Sl,
    ),
    sender(
        "woodweek",
        "Woodworking Weekly",
        "letter@woodworkingweekly.example",
        Lang::En,
    ),
    sender(
        "banka",
        "Savska banka",
        "obvestila@savskabanka.example",
        Lang::Sl,
    ),
    sender(
        "posta",
        "Paketna pošta",
        "sledenje@paketnaposta.example",
        Lang::Sl,
    ),
    sender(
        "daemon",
        "Mail Delivery System",
        "MAILER-DAEMON@mx.hrastvijak.example",
        Lang::En,
    ),
    sender(
        "prince",
        "Barrister James Okon",
        "james.okon@fund-release.example",
        Lang::En,
    ),
    sender(
        "seo",
        "Rank Boosters",
        "offer@rank-boosters.example",
        Lang::En,
    ),
    sender(
        "lotto",
        "Nagradna igra",
        "nagrada@dobitnik-dneva.example",
        Lang::Sl,
    ),
];

const fn colleague(key: &'static str, name: &'static str, address: &'static str) -> Person {
    Person {
        key,
        name,
        address,
        company: "Hrast & Vijak d.o.o.",
        lang: Lang::Sl,
        role: Role::Colleague,
    }
}

const fn customer(
    key: &'static str,
    name: &'static str,
    address: &'static str,
    company: &'static str,
    lang: Lang,
) -> Person {
    Person {
        key,
        name,
        address,
        company,
        lang,
        role: Role::Customer,
    }
}

const fn supplier(
    key: &'static str,
    name: &'static str,
    address: &'static str,
    company: &'static str,
    lang: Lang,
) -> Person {
    Person {
        key,
        name,
        address,
        company,
        lang,
        role: Role::Supplier,
    }
}

const fn sender(
    key: &'static str,
    name: &'static str,
    address: &'static str,
    lang: Lang,
) -> Person {
    Person {
        key,
        name,
        address,
        company: name,
        lang,
        role: Role::Sender,
    }
}

/// The person with this short name.
#[must_use]
pub fn person(key: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|p| p.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_invented_and_known_once() {
        for p in PEOPLE {
            assert!(
                p.address.ends_with(".example"),
                "{} must not reach anybody real",
                p.address
            );
            assert_eq!(
                PEOPLE
                    .iter()
                    .filter(|q| q.key == p.key || q.address == p.address)
                    .count(),
                1,
                "{}",
                p.key
            );
        }
    }
}
