import type { analytics as english } from "../en/analytics.ts";
import type { Slovenian } from "../message.ts";

export const analytics: Slovenian<typeof english> = {
  "analytics.title": "Analitika ekipe",
  "analytics.open": "Analitika",
  "analytics.range": "Tedni",
  "analytics.range.4": "4 tedni",
  "analytics.range.12": "12 tednov",
  "analytics.range.26": "Pol leta",
  "analytics.range.52": "Leto",
  "analytics.everyone": "Vsi",
  "analytics.whose": "Čigavo delo",
  "analytics.before": "Pred ekipo",
  "analytics.notes": "Vnosi v zapiske",
  "analytics.replies": "Odgovori",
  "analytics.response": "Odzivni čas",
  "analytics.response.median": "Odzivni čas, mediana",
  "analytics.members": "Po članih",
  "analytics.member": "Član",
  "analytics.week": "Teden",
  "analytics.weekOf": "{number}. teden, {date}",
  "analytics.weekNow": "{number}. teden, {date}, še traja",
  "analytics.total": "Vsi tedni",
  "analytics.part": "{who}: {n}",
  "analytics.perWeek.notes": "Vnosi v zapiske po tednih",
  "analytics.perWeek.replies": "Odgovori po tednih",
  "analytics.perWeek.response": "Mediana odzivnega časa po tednih",
  "analytics.asTable": "Pokaži kot tabelo",
  "analytics.asChart": "Pokaži kot grafikon",
  "analytics.value.notes": {
    one: "{n} vnos v zapiske",
    two: "{n} vnosa v zapiske",
    few: "{n} vnosi v zapiske",
    other: "{n} vnosov v zapiske",
  },
  "analytics.value.replies": {
    one: "{n} odgovor",
    two: "{n} odgovora",
    few: "{n} odgovori",
    other: "{n} odgovorov",
  },
  "analytics.value.timed": {
    one: "mediana {n} odgovora",
    two: "mediana {n} odgovorov",
    few: "mediana {n} odgovorov",
    other: "mediana {n} odgovorov",
  },
  "analytics.value.none": "ni odgovora s časom",
  "analytics.underMinute": "pod 1 min",
  "analytics.minutes": "{m} min",
  "analytics.hours": "{h} h {m}",
  "analytics.days": { one: "{n} dan", two: "{n} dneva", few: "{n} dnevi", other: "{n} dni" },
  "analytics.empty": "V teh tednih ni bilo nič zapisano ali odgovorjeno.",
  "analytics.empty.longer": "Pokaži leto",
  "analytics.failed":
    "Številk ni bilo mogoče prešteti. Nič ni izgubljeno: nastanejo iz dejavnosti.",
  "analytics.away":
    "{link}. Kar so sodelavci naredili medtem, bo prešteto, ko bo strežnik spet dosegljiv.",
  "analytics.alone": "Delate sami: šteti so samo vaši zapiski.",
  "analytics.counted": "Kaj je šteto",
  "analytics.counted.notes":
    "Vnos v zapisek je, kar ena oseba napiše v en zapisek brez premora, daljšega od desetih minut. Šteje enkrat, v tednu, ko se je začel.",
  "analytics.counted.replies":
    "Odgovor je sporočilo, ki je bilo iz Kontorja poslano kot odgovor na drugo. Pošta iz drugih programov ni šteta.",
  "analytics.counted.response":
    "Odzivni čas teče od zadnjega sporočila nekoga zunaj ekipe do odgovora, vštete so noči in konci tedna. Polovica odgovorov je trajala manj od mediane, polovica več.",
  "analytics.counted.untimed":
    "Drugi odgovor na isto sporočilo nima odzivnega časa, prav tako ne odgovor iz različice Kontorja, ki ga ni sporočala. Kot odgovor vseeno šteje.",
  "analytics.counted.weeks":
    "Tedni se začnejo v ponedeljek, po uri in časovnem pasu tega računalnika. Zadnji še traja.",
  "analytics.counted.where":
    "Vse je prešteto v tem računalniku iz dejavnosti, ki jo ima. Kar je bilo zavrnjeno ali je pripadalo ekipi, ki ste jo zapustili, ni šteto.",
  "analytics.counted.since":
    "Najstarejše, kar je tu znano, je z dne {date}; računalnik, ki se je pridružil pozneje, o tednih pred tem morda ve manj.",
  "analytics.shared": "Kaj je deljeno o vas",
  "analytics.shared.alone": "Delate sami: nič o vas ni deljeno z nikomer.",
  "analytics.shared.person": "Vaše ime, e-poštni naslov in kaj v ekipi smete.",
  "analytics.shared.presence":
    "Ali ste tu in kateri pogovor zdaj berete ali nanj odgovarjate. Vidno je samo trenutno stanje, nič od tega se ne shrani.",
  "analytics.shared.activity": "Kar ste naredili, s časom, dokler ekipa obstaja:",
  "analytics.shared.note": {
    one: "{n} vnos v skupni zapisek, z besedami",
    two: "{n} vnosa v skupne zapiske, z besedami",
    few: "{n} vnosi v skupne zapiske, z besedami",
    other: "{n} vnosov v skupne zapiske, z besedami",
  },
  "analytics.shared.mention": {
    one: "{n} vnos z omembo sodelavca",
    two: "{n} vnosa z omembo sodelavca",
    few: "{n} vnosi z omembo sodelavca",
    other: "{n} vnosov z omembo sodelavca",
  },
  "analytics.shared.assign": {
    one: "{n} predan pogovor",
    two: "{n} predana pogovora",
    few: "{n} predani pogovori",
    other: "{n} predanih pogovorov",
  },
  "analytics.shared.status": {
    one: "{n} nastavljeno stanje",
    two: "{n} nastavljeni stanji",
    few: "{n} nastavljena stanja",
    other: "{n} nastavljenih stanj",
  },
  "analytics.shared.tag": {
    one: "{n} sprememba oznak",
    two: "{n} spremembi oznak",
    few: "{n} spremembe oznak",
    other: "{n} sprememb oznak",
  },
  "analytics.shared.task": {
    one: "{n} zapisana naloga",
    two: "{n} zapisani nalogi",
    few: "{n} zapisane naloge",
    other: "{n} zapisanih nalog",
  },
  "analytics.shared.finish": {
    one: "{n} opravljena naloga",
    two: "{n} opravljeni nalogi",
    few: "{n} opravljene naloge",
    other: "{n} opravljenih nalog",
  },
  "analytics.shared.record": {
    one: "{n} spremenjeno polje",
    two: "{n} spremenjeni polji",
    few: "{n} spremenjena polja",
    other: "{n} spremenjenih polj",
  },
  "analytics.shared.conflict": {
    one: "{n} polje, spremenjeno hkrati s kom drugim",
    two: "{n} polji, spremenjeni hkrati s kom drugim",
    few: "{n} polja, spremenjena hkrati s kom drugim",
    other: "{n} polj, spremenjenih hkrati s kom drugim",
  },
  "analytics.shared.resolve": {
    one: "{n} odločitev med vrednostma",
    two: "{n} odločitvi med vrednostma",
    few: "{n} odločitve med vrednostma",
    other: "{n} odločitev med vrednostma",
  },
  "analytics.shared.reply": {
    one: "{n} odgovor: kdaj, v katerem pogovoru in koliko časa je trajal",
    two: "{n} odgovora: kdaj, v katerem pogovoru in koliko časa sta trajala",
    few: "{n} odgovori: kdaj, v katerem pogovoru in koliko časa so trajali",
    other: "{n} odgovorov: kdaj, v katerem pogovoru in koliko časa so trajali",
  },
  "analytics.shared.titled": {
    one: "od tega {n} z zadevo sporočila",
    two: "od tega {n} z zadevo sporočila",
    few: "od tega {n} z zadevo sporočila",
    other: "od tega {n} z zadevo sporočila",
  },
  "analytics.shared.member": {
    one: "{n} sprememba vašega članstva",
    two: "{n} spremembi vašega članstva",
    few: "{n} spremembe vašega članstva",
    other: "{n} sprememb vašega članstva",
  },
  "analytics.shared.nothing": "Zaenkrat nič.",
  "analytics.shared.never":
    "Nikoli deljeno: besedilo vaših sporočil, priloge, mape in vaša iskanja. Pogovor ekipa pozna po kodi, zapisek o stranki po njenem e-poštnem naslovu.",
  "analytics.shared.see": "Poglejte vse v dejavnosti",
};
