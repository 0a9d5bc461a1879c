//! Names that could be Slovenian companies, people and places; all invented.

pub(crate) const TRADES: &[&str] = &[
    "Mizarstvo",
    "Stolarstvo",
    "Parketarstvo",
    "Kuhinje",
    "Pohištvo",
    "Tesarstvo",
    "Notranja oprema",
    "Gradnje",
    "Stopnice",
    "Studio",
    "Atelje",
    "Okna in vrata",
];
pub(crate) const SURNAMES: &[&str] = &[
    "Novak",
    "Horvat",
    "Krajnc",
    "Zupan",
    "Potokar",
    "Kovačič",
    "Mlinar",
    "Košir",
    "Vidic",
    "Golobič",
    "Turk",
    "Božnik",
    "Kralj",
    "Zupanc",
    "Bizilj",
    "Hribernik",
    "Kotnik",
    "Kavčič",
    "Rozmanič",
    "Kastelc",
    "Oblakovič",
    "Žagarič",
    "Petek",
    "Hočnik",
    "Kolarič",
    "Lesjak",
    "Mrakič",
    "Kosec",
    "Jerebič",
    "Šušteršič",
    "Majcenič",
    "Cerarič",
    "Čeh",
    "Černe",
    "Pušnik",
    "Zemljič",
    "Tomšič",
    "Zorko",
    "Rupnikar",
    "Pavlinič",
];
pub(crate) const FIRST_NAMES: &[&str] = &[
    "Marija", "Franc", "Ana", "Janez", "Maja", "Marko", "Irena", "Andrej", "Mojca", "Ivan", "Nina",
    "Peter", "Barbara", "Luka", "Mateja", "Matej", "Tjaša", "Žiga", "Špela", "Rok", "Katja",
    "Aleš", "Petra", "Gregor", "Živa", "Blaž",
];
pub(crate) const STREETS: &[&str] = &[
    "Obrtna cesta",
    "Lesna ulica",
    "Cesta v Log",
    "Industrijska ulica",
    "Pod gozdom",
    "Savinjska cesta",
    "Na žagi",
    "Trubarjeva ulica",
    "Ob progi",
    "Hrastova ulica",
    "Mlinska pot",
    "Vrtna ulica",
];
/// Post number and town.
pub(crate) const TOWNS: &[(&str, &str)] = &[
    ("1000", "Ljubljana"),
    ("2000", "Maribor"),
    ("3000", "Celje"),
    ("3320", "Velenje"),
    ("4000", "Kranj"),
    ("5000", "Nova Gorica"),
    ("6000", "Koper"),
    ("8000", "Novo mesto"),
    ("9000", "Murska Sobota"),
    ("2250", "Ptuj"),
    ("1230", "Domžale"),
    ("3310", "Žalec"),
    ("4220", "Škofja Loka"),
    ("1330", "Kočevje"),
    ("2380", "Slovenj Gradec"),
];
/// Country code, post number, town and street.
pub(crate) const ABROAD: &[(&str, &str, &str, &str)] = &[
    ("AT", "8010", "Graz", "Sägewerkstraße"),
    ("AT", "9020", "Klagenfurt", "Holzgasse"),
    ("DE", "83022", "Rosenheim", "Tischlerweg"),
    ("HR", "10000", "Zagreb", "Ulica drvosječa"),
    ("IT", "34100", "Trieste", "Via del Legno"),
    ("CH", "8400", "Winterthur", "Schreinerstrasse"),
    ("GB", "LS1 4DY", "Leeds", "Joiners Row"),
    ("SE", "211 20", "Malmö", "Snickargatan"),
];
/// The sort of thing, its unit, its price in hundredths and its category.
pub(crate) const GOODS: &[(&str, &str, i64, &str)] = &[
    ("Hrastova plošča", "m²", 6450, "Plošče"),
    ("Bukova plošča", "m²", 4820, "Plošče"),
    ("Jesenova plošča", "m²", 5380, "Plošče"),
    ("Spona", "kos", 385, "Okovje"),
    ("Vodilo", "par", 3120, "Okovje"),
    ("Ročaj", "kos", 740, "Okovje"),
    ("Robni trak", "kolut", 6200, "Robni trakovi"),
    ("Konstrukcijski vijak", "zavoj", 2890, "Vijaki"),
    ("Furnir", "m²", 1190, "Furnirji"),
    ("Stopniščna obloga", "kos", 5840, "Stopnice"),
    ("Nastavljiva noga", "kos", 190, "Okovje"),
    ("Olje za les", "l", 2450, "Površine"),
];
pub(crate) const VARIANTS: &[&str] = &[
    "naravni",
    "svetli",
    "temni",
    "antracit",
    "beli",
    "krtačeni",
    "mat",
    "lakirani",
    "oljeni",
    "rustikalni",
];

/// A name as it stands in a domain: no accents, no spaces.
pub(crate) fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.to_lowercase().chars() {
        match c {
            'č' | 'ć' => out.push('c'),
            'š' => out.push('s'),
            'ž' => out.push('z'),
            'đ' => out.push('d'),
            'a'..='z' | '0'..='9' => out.push(c),
            _ if !out.ends_with('-') && !out.is_empty() => out.push('-'),
            _ => {}
        }
    }
    out.trim_end_matches('-').to_owned()
}
