//! What mail programs write around quoted mail, by language.
//!
//! All in lower case. The lists are data: a new client is a new entry.

/// Verbs (and verb phrases) attribution lines end with or contain.
#[rustfmt::skip]
pub(super) const VERBS: &[&str] = &[
    // en
    "wrote", "writes", "says", "said", "has written",
    // sl
    "napisal", "napisala", "napisal/a", "napisal(a)", "napisal(-a)", "napisala/a", "napisali", "pisal", "pisala",
    "piše",
    // hr, sr, bs, mk
    "napisao", "napisao/la", "napisao(la)", "napisao/napisala", "napisao je", "napisala je", "pisao", "написао",
    "написао/ла", "написао је", "пише", "напиша",
    // de
    "schrieb", "schreibt", "geschrieben", "schrieben sie", "folgendes geschrieben",
    // it
    "ha scritto", "scrive", "scrisse",
    // fr
    "a écrit", "a ecrit", "écrit", "nous a dit", "a écrit ce qui suit",
    // es, ca, pt
    "escribió", "escribio", "ha escrito", "va escriure", "escreveu",
    // pl, cs, sk
    "napisał", "napisała", "napisał(a)", "napisał/a", "pisze", "napsal", "napsala", "napsal(a)", "napísal",
    "napísala", "napísal(a)", "napísal/a",
    // nl
    "schreef", "geschreven", "het volgende geschreven", "schreef het volgende",
    // sv, da, no
    "skrev", "skriver", "skrev följande", "skrev følgende",
    // fi, et
    "kirjoitti", "kirjutas",
    // ru, uk, bg
    "написал", "написала", "написал(а)", "написал(a)", "пишет", "писал", "писала", "писал(а)", "написав",
    "написав(ла)", "написа",
    // hu, ro, tr, el, lt, lv, vi
    "írta", "ezt írta", "a scris", "yazdı", "şunu yazdı", "şunları yazdı", "έγραψε", "rašė", "parašė", "rakstīja",
    "đã viết",
    // zh, ja, ko, he, ar
    "写道", "寫道", "写到", "寫到", "書きました", "のメール", "からのメール", "작성", "כתב", "כתבה", "כתב/ה", "كتب",
];

/// First words of attribution lines; a date follows.
#[rustfmt::skip]
pub(super) const INTROS: &[&str] = &[
    "on", "at", "in message", "in article", "le", "am", "il", "el", "em", "op", "den", "dnia", "dňa", "w dniu",
    "dne", "dana", "v", "u", "на", "в", "på", "pe", "kl", "în", "am:", "στις", "vào", "a(z)",
];

/// The same in scripts without spaces.
pub(super) const INTROS_CJK: &[&str] = &["在", "於", "于"];

/// Titles of forwarded or original messages, between dashes or before a colon.
#[rustfmt::skip]
pub(super) const TITLES: &[&str] = &[
    "original message", "forwarded message", "forwarded by", "reply message", "begin forwarded message",
    "original appointment", "forwarded email", "original email", "forward message", "weitergeleitete nachricht",
    "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "anfang der weitergeleiteten nachricht",
    "ursprungliche nachricht", "izvirno sporočilo", "prvotno sporočilo", "posredovano sporočilo",
    "originalno sporočilo", "začetek posredovanega sporočila", "izvorna poruka", "proslijeđena poruka",
    "prosleđena poruka", "originalna poruka", "izvorno sporočilo", "прослеђена порука", "message d'origine",
    "message original", "message transféré", "début du message réexpédié", "début du message transféré",
    "message initial", "messaggio originale", "messaggio inoltrato", "inizio messaggio inoltrato",
    "messaggio originario", "mensaje original", "mensaje reenviado", "inicio del mensaje reenviado",
    "mensagem original", "mensagem encaminhada", "início da mensagem reencaminhada",
    "início da mensagem encaminhada", "oorspronkelijk bericht", "doorgestuurd bericht",
    "begin doorgestuurd bericht", "wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana",
    "przekazana wiadomość", "początek przekazywanej wiadomości", "treść przekazanej wiadomości", "původní zpráva",
    "přeposlaná zpráva", "původní e-mail", "pôvodná správa", "preposlaná správa", "ursprungligt meddelande",
    "vidarebefordrat meddelande", "vidarebefordrat mail", "vidarebefordrat brev", "originalmeddelande",
    "oprindelig meddelelse", "videresendt meddelelse", "opprinnelig melding", "videresendt melding",
    "original meddelelse", "opprinnelig epost", "alkuperäinen viesti", "välitetty viesti",
    "edelleenlähetetty viesti", "исходное сообщение", "пересылаемое сообщение", "пересланное сообщение",
    "перенаправленное сообщение", "начало переадресованного сообщения", "оригинальное сообщение", "eredeti üzenet",
    "továbbított üzenet", "mesaj original", "mesaj redirecționat", "orijinal mesaj", "özgün ileti",
    "iletilen mesaj", "αρχικό μήνυμα", "原始邮件", "原始郵件", "转发邮件", "转发的邮件", "轉寄郵件", "转发邮件信息", "回复的原邮件", "转发的原邮件",
    "元のメッセージ", "転送されたメッセージ", "original-mail", "원본 메시지", "tin nhắn gốc",
];

/// What a header line in a quoted block is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    From,
    Date,
    To,
    Cc,
    Subject,
    Other,
}

/// Names of header fields as clients translate them.
#[rustfmt::skip]
pub(super) const FIELDS: &[(Field, &[&str])] = &[
    (
        Field::From,
        &[
            "from", "von", "de", "da", "od", "van", "från", "fra", "lähettäjä", "от", "від", "от кого", "feladó",
            "kimden", "gönderen", "发件人", "寄件者", "寄件人", "差出人", "送信者", "보낸 사람", "보낸사람", "από", "expéditeur",
            "mittente", "remitente", "remetente", "nadawca", "pošiljatelj", "šalje", "šalje:", "afzender",
            "odesílatel", "odosielateľ", "avsändare", "afsender", "avsender", "shalje", "nuo", "no", "saatja",
            "expeditor", "de la", "от:",
        ],
    ),
    (
        Field::Date,
        &[
            "sent", "date", "gesendet", "datum", "envoyé", "envoyé le", "date d'envoi", "inviato", "data",
            "enviado", "enviado el", "enviada", "enviada em", "enviado em", "fecha", "wysłano", "wysłane",
            "data wysłania", "poslano", "datum i vrijeme", "poslato", "послато", "verzonden", "skickat", "sendt",
            "dato", "lähetetty", "päivämäärä", "päiväys", "отправлено", "дата", "надіслано", "дата отправки",
            "发送时间", "發送時間", "时间", "日期", "送信日時", "日時", "日付", "보낸 날짜", "odesláno", "odoslané", "dátum", "elküldve",
            "gönderildi", "gönderme tarihi", "tarih", "gönderilme zamanı", "trimis", "ημερομηνία", "sent on",
            "date et heure", "sent at", "poslána", "išsiųsta",
        ],
    ),
    (
        Field::To,
        &[
            "to", "an", "à", "a", "para", "per", "do", "za", "aan", "till", "til", "vastaanottaja", "кому", "komu",
            "収件人", "收件人", "收件者", "宛先", "받는 사람", "받는사람", "alıcı", "kime", "címzett", "prima", "primatelj",
            "primalac", "за", "прима", "pour", "destinatario", "destinataire", "către", "προς", "prejemnik",
            "adresat", "saaja",
        ],
    ),
    (
        Field::Cc,
        &[
            "cc", "bcc", "kopie", "kopie an", "kopia", "kopia till", "copie", "copie à", "cópia", "con copia",
            "kp", "копия", "抄送", "副本", "참조", "kopija", "kopi", "dw", "v vednost", "kp.", "kopi til", "bilgi",
            "másolatot kap", "cci", "cco",
        ],
    ),
    (
        Field::Subject,
        &[
            "subject", "betreff", "betrifft", "objet", "sujet", "oggetto", "asunto", "assunto", "temat", "zadeva",
            "predmet", "onderwerp", "ämne", "emne", "aihe", "тема", "主题", "主旨", "主題", "件名", "제목", "předmět",
            "naslov", "предмет", "konu", "tárgy", "subiect", "θέμα", "tema", "teema", "topic",
        ],
    ),
    (
        Field::Other,
        &[
            "reply-to", "reply to", "risposta", "rispondi a", "antwort an", "répondre à", "responder a",
            "antwoord aan", "odgovori", "odgovor na", "priority", "importance", "prioriteta", "pomembnost",
            "wichtigkeit", "attachments", "attachment", "priloge", "anlagen", "return-path", "message-id",
            "organization", "resent-from", "list-id", "sender", "x-mailer", "importancia", "pièces jointes",
            "allegati", "when", "where", "mailed-by", "signed-by",
        ],
    ),
];

/// Days of the week as they start attribution lines.
#[rustfmt::skip]
pub(super) const WEEKDAYS: &[&str] = &[
    "mon", "tue", "wed", "thu", "fri", "sat", "sun", "pon", "tor", "sre", "čet", "pet", "sob", "ned", "uto", "sri",
    "mo", "di", "mi", "do", "fr", "sa", "so", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "gio", "sab", "dom",
    "jue", "vie", "mié", "seg", "ter", "qua", "qui", "sex", "pn", "wt", "śr", "czw", "pt", "nd", "niedz", "út",
    "st", "čt", "pá", "ne", "mån", "tis", "ons", "lör", "sön", "man", "tir", "lør", "søn", "ma", "ti", "ke", "to",
    "pe", "la", "su", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "понедельник", "вторник", "среда", "четверг",
    "пятница", "суббота", "воскресенье",
];

/// Starts of lines that name a device or program, and what must follow somewhere in the line (any when empty).
#[rustfmt::skip]
pub(super) const DEVICE_STARTS: &[&str] = &[
    "sent from", "sent via", "sent with", "sent by", "sent using", "from my ", "get outlook for",
    "get [outlook for", "poslano iz", "poslano z ", "poslano s ", "poslano prek", "poslano preko", "poslato sa",
    "poslato iz", "послато са", "von meinem", "von meiner", "gesendet von", "gesendet mit",
    "diese nachricht wurde von", "envoyé depuis", "envoyé de mon", "envoyé à partir", "envoyé par", "envoyé avec",
    "obtenez outlook pour", "télécharger outlook pour", "inviato da", "inviato dal", "ottieni outlook per",
    "scarica outlook per", "enviado desde", "enviado do", "enviado de", "enviado a partir", "enviado com",
    "obtener outlook para", "obter o outlook para", "verzonden met", "verzonden vanaf", "verstuurd vanaf",
    "verstuurd met", "outlook voor", "download outlook voor", "skickat från", "från min", "hämta outlook för",
    "sendt fra", "sendt med", "sendt via", "hent outlook", "få outlook for", "lähetetty", "hanki outlook",
    "wysłane z", "wysłano z", "pobierz aplikację outlook", "odesláno z", "odeslané z", "odoslané z",
    "získať outlook", "získejte outlook", "отправлено с", "отправлено из", "скачайте outlook", "надіслано з",
    "从我的", "從我的", "发自我的", "發自我的", "發自", "iphoneから送信", "私の", "나의", "küldve", "iphone'umdan gönderildi",
    "trimis de pe", "prenesi outlook za", "pridobite outlook za", "dobijte outlook za", "preuzmi outlook za",
    "outlook für", "holen sie sich outlook", "laden sie outlook für",
];

/// Things a device line names; what only says "sent from the office" is text.
#[rustfmt::skip]
pub(super) const DEVICES: &[&str] = &[
    "phone", "ipad", "ipod", "ios", "android", "blackberry", "samsung", "galaxy", "mobil", "mail", "outlook",
    "windows", "tablet", "handy", "smartphone", "telefon", "telefoon", "téléphone", "device", "gerät", "pixel",
    "huawei", "xiaomi", "nokia", "htc", "alcatel", "macbook", "imac", "apple", "watch", "thunderbird", "spark",
    "proton", "sparrow", "airmail", "nylas", "yahoo", "aol", "front", "superhuman", "cell", "my ti-", "my pc",
    "verizon", "at&t", "t-mobile", "palm", "treo", "surface", "lumia", "xperia", "lg", "motorola", "oneplus",
    "fairphone", "iphon", "мобильн", "телефон", "手机", "手機", "送信", "傳送", "发送", "k-9", "k9", "gmx", "web.de",
    "browser", "sparrow", "polymail", "hiri", "torch",
];
