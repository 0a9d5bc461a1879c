import type { Sentence } from "../message.ts";

/** What the engine and the team's server say of joining, the line between them and what is refused. See `engine.ts`. */
export const TEAM: readonly Sentence[] = [
  // The invitation
  [
    "A code alone does not say where the team's server is. Name it with --server URL, or use the whole link.",
    "Sama koda ne pove, kje je strežnik ekipe. Vnesite celotno povezavo iz vabila.",
  ],
  ["The invitation's code is empty.", "Koda vabila je prazna."],
  [
    "“{link}” is not an invitation: its address ends with /join/ and a code.",
    "»{link}« ni vabilo: naslov vabila se konča z /join/ in kodo.",
  ],
  [
    "“{text}” is not a server's address ({e}). It looks like https://team.example.com.",
    "»{text}« ni naslov strežnika ({e}). Videti je kot https://team.example.com.",
  ],
  ["“{url}” names no server.", "»{url}« ne imenuje nobenega strežnika."],
  [
    "A team's server is reached by https://, not {other}://.",
    "Strežnik ekipe je dosegljiv prek https://, ne {other}://.",
  ],
  [
    "The line to {host} would not be encrypted: use https://. Plain http:// is for a server on this computer only.",
    "Povezava s strežnikom {host} ne bi bila šifrirana: uporabite https://. Navadni http:// je samo za strežnik na tem računalniku.",
  ],
  ["“{text}” is not an e-mail address.", "»{text}« ni e-poštni naslov."],
  [
    "This invitation is not valid: it was used, has run out, or was mistyped.",
    "Vabilo ni veljavno: bilo je že uporabljeno, je poteklo ali pa je napačno vpisano.",
  ],
  ["This address and password do not fit.", "Ta naslov in geslo se ne ujemata."],
  [
    "This is no mail address, such as ana@example.com.",
    "To ni e-poštni naslov, kot je ana@example.com.",
  ],
  ["Too many attempts: try again in {n} seconds.", "Preveč poskusov. Poskusite znova čez {n} s."],
  [
    "This profile belongs to the team {name}, and this server does not know this e-mail with this password there. For another team, leave {name} first; the invitation stays good.",
    "Ta profil pripada ekipi {name}, strežnik pa tega e-poštnega naslova s tem geslom v njej ne pozna. Za drugo ekipo najprej zapustite ekipo {name}; vabilo ostane veljavno.",
  ],
  [
    "This profile belongs to no team. Join one with an invitation's link or code.",
    "Ta profil ne pripada nobeni ekipi. Pridružite se s povezavo ali kodo iz vabila.",
  ],
  [
    "This profile belongs to no team; join one first.",
    "Ta profil ne pripada nobeni ekipi. Najprej se pridružite.",
  ],
  ["Only an admin of the team may do this.", "To sme samo skrbnik ekipe."],
  // Files of notes
  ["{to} cannot be written: {e}.", "V {to} ni mogoče pisati: {e}."],
  ["There is no file {shown}.", "Datoteke {shown} ni."],
  ["{shown} cannot be read: {e}.", "{shown}: ni mogoče brati ({e})."],
  [
    "{shown} is not a file: a folder can be packed into one first.",
    "{shown} ni datoteka. Mapo lahko prej stisnete vanjo.",
  ],
  ["{name} cannot be in a note: {why}.", "{name} ne more v zapisek: {why}."],
  [
    "The team's server does not have this file yet: it waits for the desk of {by}.",
    "Strežnik ekipe te datoteke še nima: poslati jo mora računalnik, ki jo ima ({by}).",
  ],
  ["This file is not here yet.", "Te datoteke tu še ni."],
  ["This file is not wanted any more.", "Te datoteke ne potrebujete več."],
  [
    "{name} is larger than 25 MB, the most a file in a note may have.",
    "{name} je večja od 25 MB, kolikor največ sme imeti datoteka v zapisku.",
  ],
  ["{shown} is empty: there is nothing to keep.", "{shown} je prazna: ni česa shraniti."],
  [
    "The team's server has not been reached yet. Try again once there is a connection.",
    "Strežnik ekipe še ni bil dosežen. Poskusite znova, ko bo povezava.",
  ],
  [
    "A file of a note arrives damaged at the team's server.",
    "Datoteka iz zapiska prihaja na strežnik ekipe poškodovana.",
  ],
  [
    "What came is not the file the note names; it was thrown away.",
    "Kar je prišlo, ni datoteka, ki jo imenuje zapisek. Zavrženo je.",
  ],
  [
    "The team's server does not know this desk any more. Join again with e-mail and password.",
    "Strežnik ekipe tega računalnika ne pozna več. Znova se pridružite z e-poštnim naslovom in geslom.",
  ],
  [
    "The team's server asks for a pause. Everything stays here; it goes on by itself.",
    "Strežnik ekipe prosi za premor. Vse ostane tu in se nadaljuje samo.",
  ],
  [
    "The team's server cannot take or give files now. Everything stays here; it goes on by itself.",
    "Strežnik ekipe zdaj ne more sprejemati ali dajati datotek. Vse ostane tu in se nadaljuje samo.",
  ],
  ["The file did not come through whole; try again.", "Datoteka ni prišla cela. Poskusite znova."],
  // The company's sign-in
  [
    "The browser cannot come back to Kontor on this computer: {e}",
    "Brskalnik se v tem računalniku ne more vrniti v Kontor: {e}",
  ],
  [
    "The team's server names an address for the browser that is none.",
    "Strežnik ekipe je za brskalnik navedel naslov, ki to ni.",
  ],
  [
    "Nobody signed in in the browser. Begin again when you are ready.",
    "V brskalniku se nihče ni prijavil. Začnite znova, ko boste pripravljeni.",
  ],
  [
    "This server has no company sign-in: use address and password.",
    "Ta strežnik nima prijave podjetja: uporabite naslov in geslo.",
  ],
  [
    "This sign-in has run out or was used already: begin again.",
    "Ta prijava je potekla ali je že bila uporabljena. Začnite znova.",
  ],
  ["Your company's sign-in did not let you in.", "Prijava vašega podjetja vas ni spustila naprej."],
  [
    "What your company's sign-in said could not be verified: ask who runs the team's server.",
    "Tega, kar je sporočila prijava vašega podjetja, ni bilo mogoče preveriti. Obrnite se na tistega, ki skrbi za strežnik ekipe.",
  ],
  [
    "Your company's sign-in does not answer: try again later.",
    "Prijava vašega podjetja se ne odziva. Poskusite pozneje.",
  ],
  [
    "Nobody of this team signs in this way yet: use the invitation's link or code the first time.",
    "V tej ekipi se tako še nihče s tem imenom ne prijavlja. Prvič uporabite povezavo ali kodo iz vabila.",
  ],
  [
    "Your company's sign-in does not vouch for your mail address: ask whoever looks after it to confirm the address.",
    "Prijava vašega podjetja ne jamči za vaš e-poštni naslov. Prosite skrbnika, naj naslov potrdi.",
  ],
  [
    "A member with this mail address signs in here with a password: do that, or ask who runs the team's server to let the company's sign-in take over.",
    "Član s tem e-poštnim naslovom se tu prijavlja z geslom. Storite tako ali prosite tistega, ki skrbi za strežnik ekipe, naj dovoli prijavo podjetja.",
  ],
  // The line
  [
    "The team's server cannot be reached ({why}). Everything stays here; try again later.",
    "Strežnik ekipe ni dosegljiv ({why}). Vse ostane tukaj; poskusite pozneje.",
  ],
  ["The team's server cannot be reached ({why}).", "Strežnik ekipe ni dosegljiv ({why})."],
  [
    "There is no Kontor server at this address ({why}). Look at the link again.",
    "Na tem naslovu ni Kontorjevega strežnika ({why}). Še enkrat preverite povezavo.",
  ],
  [
    "The keychain has no key for the team's server. Join again with e-mail and password.",
    "V zbirki ključev ni ključa za strežnik ekipe. Znova se prijavite z e-pošto in geslom.",
  ],
  ["Nothing runs that talks to the team's server.", "Trenutno nič ne govori s strežnikom ekipe."],
  ["The server is slow.", "Strežnik je počasen."],
  ["The team's server closed the connection.", "Strežnik ekipe je zaprl povezavo."],
  ["The team's server has been silent for too long.", "Strežnik ekipe predolgo molči."],
  [
    "The server does not take part (HTTP {n}); check its address.",
    "Strežnik ne sodeluje (HTTP {n}). Preverite njegov naslov.",
  ],
  [
    "The connection to the team's server broke ({e}).",
    "Povezava s strežnikom ekipe se je prekinila ({e}).",
  ],
  [
    "The server sent what is not understood ({e}); one of the two needs an update.",
    "Strežnik je poslal nekaj, česar Kontor ne razume ({e}). Eden od njiju potrebuje posodobitev.",
  ],
  [
    "“{url}” is not a server's address, such as https://team.example.",
    "»{url}« ni naslov strežnika, kot je https://team.example.",
  ],
  [
    "The connection to {host} would not be protected: use https://. Without protection only this computer itself can be reached.",
    "Povezava s strežnikom {host} ne bi bila zaščitena: uporabite https://. Brez zaščite je dosegljiv samo ta računalnik.",
  ],
  [
    "“{host}” is not a host name a certificate could be checked against.",
    "»{host}« ni ime strežnika, za katero bi bilo mogoče preveriti potrdilo.",
  ],
  [
    "The certificate given for the team's server cannot be read; it must be PEM.",
    "Potrdila, navedenega za strežnik ekipe, ni mogoče prebrati. Biti mora v obliki PEM.",
  ],
  [
    "The certificate of the team's server is not one this computer trusts ({bad}).",
    "Potrdilu strežnika ekipe ta računalnik ne zaupa ({bad}).",
  ],
  [
    "The team's server does not speak TLS on this port.",
    "Strežnik ekipe na teh vratih ne govori TLS.",
  ],
  [
    "The connection to the team's server cannot be protected ({other}).",
    "Povezave s strežnikom ekipe ni mogoče zaščititi ({other}).",
  ],
  // What the server refuses
  ["Sign in again: this token is not valid.", "Znova se prijavite: ta ključ ne velja več."],
  [
    "Sign in: the token is missing or not valid here.",
    "Prijavite se: ključ manjka ali tukaj ne velja.",
  ],
  [
    "This server speaks version {n}: update Kontor or the server.",
    "Ta strežnik govori različico {n}: posodobite Kontor ali strežnik.",
  ],
  [
    "Too much came at once: connect again in a while.",
    "Naenkrat je prišlo preveč. Povežite se čez nekaj časa.",
  ],
  [
    "The server's database does not answer: try again later.",
    "Strežnikova zbirka podatkov ne odgovarja. Poskusite pozneje.",
  ],
  [
    "The server is not able to do this now: try again later.",
    "Strežnik tega zdaj ne zmore. Poskusite pozneje.",
  ],
  [
    "The server could not store this: send it again later.",
    "Strežnik tega ni mogel shraniti. Poslano bo znova.",
  ],
  [
    "The server's store was put back; reading it anew.",
    "Strežnik je bil obnovljen iz varnostne kopije; berem ga na novo.",
  ],
  [
    "Event {n} was damaged on its way; connecting again.",
    "Dogodek {n} se je na poti poškodoval; povezujem se znova.",
  ],
  // Notes, fields, people
  ["{name} mentioned you in the note on {subject}.", "{name} vas omenja v zapisku o {subject}."],
  ["{name} mentioned you in a note on a conversation.", "{name} vas omenja v zapisku o pogovoru."],
  ["{name} mentioned you in a note on a customer.", "{name} vas omenja v zapisku o stranki."],
  ["{name} mentioned you.", "{name} vas omenja."],
  // A reply that was overtaken
  [
    "{name} answered this conversation while your reply waited. It was not sent: send it anyway, or take it back.",
    "Medtem ko je vaš odgovor čakal, je na ta pogovor že poslan odgovor ({name}). Vaš ni bil poslan: vseeno ga pošljite ali ga vrnite.",
  ],
  ["There is no version {n} of a note on {subject}.", "Različice {n} tega zapiska ni."],
  [
    "There is no open conflict {id}; somebody may have chosen already.",
    "Tega nesoglasja ni več. Morda je nekdo že izbral.",
  ],
  [
    "The note was put back meanwhile; open it again.",
    "Zapisek je bil medtem povrnjen. Odprite ga znova.",
  ],
  [
    "A status is open, waiting, done or snoozed.",
    "Stanje je odprto, čaka, opravljeno ali preloženo.",
  ],
  [
    "Nobody in the team is called {text}. Who is new is known here after the next sync.",
    "V ekipi ni nikogar z imenom {text}. Novi člani bodo tukaj znani po naslednji uskladitvi.",
  ],
  [
    "Several in the team are called {text}: use the address.",
    "Z imenom {text} je v ekipi več ljudi: uporabite naslov.",
  ],
  [
    "This thread cannot be shared: none of its mails has a Message-ID.",
    "Tega pogovora ni mogoče deliti: nobeno njegovo sporočilo nima glave Message-ID.",
  ],
  ["A tag has 1 to 40 characters on one line.", "Oznaka ima od 1 do 40 znakov v eni vrstici."],
  ["A task has 1 to 500 characters on one line.", "Naloga ima od 1 do 500 znakov v eni vrstici."],
  ["There is no such task.", "Te naloge ni."],
  // Customers
  ["No customer is known here as “{name}”.", "Stranke »{name}« tukaj ni."],
  ["“{text}” is no mail address.", "»{text}« ni poštni naslov."],
  ["“{text}” is no document's number.", "»{text}« ni številka dokumenta."],
  [
    "A desk keeps the facts of 100,000 customers at most.",
    "Program hrani podatke največ 100.000 strank.",
  ],
  ["A day is written YYYY-MM-DD.", "Dan se zapiše kot LLLL-MM-DD."],
  ["It takes nothing any more.", "Ničesar več ne sprejme."],
  ["Their second file is slow.", "Njihova druga datoteka je počasna."],
];
