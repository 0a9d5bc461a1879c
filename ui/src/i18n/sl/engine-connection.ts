import type { Sentence } from "../message.ts";

/** What the engine says of connections: the line, its protection, the sign-in, instant mail. See `engine.ts`. */
export const CONNECTION: readonly Sentence[] = [
  // The connection
  ["{host} does not answer on port {port}.", "{host} na vratih {port} ne odgovarja."],
  [
    "{host} does not take connections on port {port} ({e}).",
    "{host} na vratih {port} ne sprejema povezav ({e}).",
  ],
  [
    "{host} does not take connections on port {port}.",
    "{host} na vratih {port} ne sprejema povezav.",
  ],
  [
    "The server name {host} cannot be found ({e}).",
    "Strežnika z imenom {host} ni mogoče najti ({e}).",
  ],
  ["The server name {host} has no address.", "Ime strežnika {host} nima naslova."],
  [
    "The connection to the mail server broke ({e}).",
    "Povezava s poštnim strežnikom se je prekinila ({e}).",
  ],
  ["The connection to {host} broke ({e}).", "Povezava s strežnikom {host} se je prekinila ({e})."],
  ["The mail server has not answered for too long.", "Poštni strežnik predolgo ni odgovoril."],
  [
    "The mail server closed the connection without a word.",
    "Poštni strežnik je brez pojasnila zaprl povezavo.",
  ],
  ["The mail server closed the connection{said}.", "Poštni strežnik je zaprl povezavo{said}."],
  ["{host} closed the connection.", "{host} je zaprl povezavo."],
  [
    "{host} did not answer within {n} seconds.",
    "{host} ni odgovoril v času, ki ga je imel na voljo ({n} s).",
  ],
  [
    "{host} did not agree on protection within {n} seconds.",
    "{host} zaščite ni vzpostavil v času, ki ga je imel na voljo ({n} s).",
  ],
  [
    "The connection was given up in the middle of a command.",
    "Povezava je bila opuščena sredi ukaza.",
  ],
  ["A command was given up before its end.", "Ukaz je bil opuščen pred koncem."],
  [
    "The mail server asks for a pause{said}. Kontor tries again by itself.",
    "Poštni strežnik prosi za premor{said}. Kontor poskusi znova sam.",
  ],
  [
    "{host} does not take connections now ({reply}). Kontor tries again by itself.",
    "{host} trenutno ne sprejema povezav ({reply}). Kontor poskusi znova sam.",
  ],
  [
    "{host} is busy ({reply}). Kontor tries again by itself.",
    "{host} je zaseden ({reply}). Kontor poskusi znova sam.",
  ],
  ["{host} refused our greeting ({reply}).", "{host} je zavrnil pozdrav ({reply})."],
  [
    "The mail server answered out of turn ({reply}).",
    "Poštni strežnik je odgovoril mimo vrstnega reda ({reply}).",
  ],
  [
    "The mail server announced an answer larger than any can be.",
    "Poštni strežnik je napovedal nemogoče velik odgovor.",
  ],
  [
    "The mail server says more messages vanished than a folder can hold.",
    "Poštni strežnik trdi, da je izginilo več sporočil, kot jih mapa lahko ima.",
  ],
  [
    "The server went on uncompressed after agreeing to compress.",
    "Strežnik je pristal na stiskanje in potem pošiljal nestisnjeno.",
  ],
  [
    "The server does not greet like an IMAP server. Check host and port.",
    "Strežnik ne pozdravi kot strežnik IMAP. Preverite ime strežnika in vrata.",
  ],
  [
    '{host} does not speak SMTP: it said "{reply}". Check the server\'s name and port.',
    "{host} ne govori SMTP, rekel je »{reply}«. Preverite ime strežnika in vrata.",
  ],
  // Protection
  [
    "{host} does not finish the protected connection. Check port and protection (TLS or STARTTLS).",
    "{host} ne dokonča zaščitene povezave. Preverite vrata in zaščito (TLS ali STARTTLS).",
  ],
  [
    "{host} says nothing before the connection is protected. Check port and protection (TLS or STARTTLS).",
    "{host} pred zaščito povezave ne pove ničesar. Preverite vrata in zaščito (TLS ali STARTTLS).",
  ],
  [
    "The server does not speak TLS on this port. Check port and protection (TLS or STARTTLS).",
    "Strežnik na teh vratih ne govori TLS. Preverite vrata in zaščito (TLS ali STARTTLS).",
  ],
  [
    "The mail server wants a protected connection{said}. Choose TLS or STARTTLS for this account.",
    "Poštni strežnik zahteva zaščiteno povezavo{said}. Za ta račun izberite TLS ali STARTTLS.",
  ],
  [
    "The server's certificate has expired. Its operator must renew it; also check this computer's date.",
    "Potrdilo strežnika je poteklo. Obnoviti ga mora upravljavec; preverite tudi datum tega računalnika.",
  ],
  [
    "The server's certificate is not valid yet. Check this computer's date.",
    "Potrdilo strežnika še ni veljavno. Preverite datum tega računalnika.",
  ],
  [
    "The server's certificate is for another name. Check the host name of the server.",
    "Potrdilo strežnika je izdano za drugo ime. Preverite ime strežnika.",
  ],
  [
    "The server's certificate is not signed by an authority this computer knows. If it is your own server, give its certificate to the account.",
    "Potrdila strežnika ni podpisal nihče, ki ga ta računalnik pozna. Če je strežnik vaš, dodajte njegovo potrdilo k računu.",
  ],
  ["The server's certificate was revoked.", "Potrdilo strežnika je bilo preklicano."],
  [
    "The server's certificate is not as it must be ({e}).",
    "Potrdilo strežnika ni takšno, kot mora biti ({e}).",
  ],
  [
    "“{host}” is not a host name a certificate could be checked against.",
    "»{host}« ni ime strežnika, za katero bi lahko preverili potrdilo.",
  ],
  [
    "The connection to {host} broke while it was being protected ({e}).",
    "Povezava s strežnikom {host} se je prekinila med vzpostavljanjem zaščite ({e}).",
  ],
  [
    "The server refused the protected connection ({e}).",
    "Strežnik je zavrnil zaščiteno povezavo ({e}).",
  ],
  [
    "The server only offers outdated protection ({e}); it is not used.",
    "Strežnik ponuja samo zastarelo zaščito ({e}), ki je Kontor ne uporablja.",
  ],
  ["The protected connection failed ({e}).", "Zaščitena povezava ni uspela ({e})."],
  [
    "The server does not offer STARTTLS: the connection would not be protected, so nothing was sent. Somebody between may have removed it; try TLS on port 993.",
    "Strežnik ne ponuja STARTTLS. Povezava ne bi bila zaščitena, zato ni bilo poslano nič. Morda je ponudbo odstranil kdo vmes; poskusite TLS na vratih 993.",
  ],
  [
    "{host} does not offer encryption (STARTTLS). Either the settings are wrong or somebody on the network removed it. No password was sent. Try port 465 with TLS, or another network.",
    "{host} ne ponuja šifriranja (STARTTLS). Ali so nastavitve napačne ali pa ga je odstranil kdo v omrežju. Geslo ni bilo poslano. Poskusite vrata 465 s TLS ali drugo omrežje.",
  ],
  [
    "{host} cannot encrypt just now ({reply}). Kontor tries again by itself.",
    "{host} trenutno ne more šifrirati ({reply}). Kontor poskusi znova sam.",
  ],
  [
    "{host} offered encryption and then refused it ({reply}). No password was sent.",
    "{host} je šifriranje ponudil in ga nato zavrnil ({reply}). Geslo ni bilo poslano.",
  ],
  [
    "Somebody slipped text into the connection to {host} before it was encrypted. No password was sent. Try another network, and tell whoever runs this one.",
    "Nekdo je v povezavo s strežnikom {host} vrinil besedilo, preden je bila šifrirana. Geslo ni bilo poslano. Poskusite drugo omrežje in obvestite upravljavca tega.",
  ],
  [
    "Bytes came along unprotected after STARTTLS: somebody between may be interfering. Nothing was sent.",
    "Po STARTTLS so prišli nezaščiteni podatki, morda se kdo vmešava. Poslano ni bilo nič.",
  ],
  [
    "TLS cannot be set up on this computer ({e}).",
    "TLS v tem računalniku ni mogoče vzpostaviti ({e}).",
  ],
  [
    "The certificate file of this account cannot be read ({e}). It must be PEM: a block that begins with BEGIN CERTIFICATE.",
    "Datoteke s potrdilom tega računa ni mogoče prebrati ({e}). Biti mora PEM, blok, ki se začne z BEGIN CERTIFICATE.",
  ],
  [
    "The certificate file of this account holds no certificate. It must be PEM: a block that begins with BEGIN CERTIFICATE.",
    "V datoteki s potrdilom tega računa ni potrdila. Biti mora PEM, blok, ki se začne z BEGIN CERTIFICATE.",
  ],
  // The sign-in
  [
    "The mail server does not accept this name and password{said}. Check both; some providers want an app password.",
    "Poštni strežnik ne sprejme tega imena in gesla{said}. Preverite oboje; nekateri ponudniki zahtevajo geslo za aplikacije.",
  ],
  [
    "{host} refused the sign-in of {user} ({reply}). Check username and password; some providers want an app password made on their web site.",
    "{host} je zavrnil prijavo {user} ({reply}). Preverite ime in geslo; nekateri ponudniki zahtevajo geslo za aplikacije, ki ga ustvarite na njihovi strani.",
  ],
  [
    "{host} cannot check the sign-in just now ({reply}). Kontor tries again by itself.",
    "{host} prijave trenutno ne more preveriti ({reply}). Kontor poskusi znova sam.",
  ],
  [
    "{host} offers no sign-in by password (PLAIN or LOGIN); it offers {instead}. Check the server's name and port, or ask your provider how mail programs sign in.",
    "{host} ne ponuja prijave z geslom (PLAIN ali LOGIN), ponuja {instead}. Preverite ime strežnika in vrata ali vprašajte ponudnika, kako se poštni programi prijavijo.",
  ],
  ["{host} ended the sign-in without an answer.", "{host} je prijavo končal brez odgovora."],
  ["The sign-in could not be written ({e}).", "Prijave ni bilo mogoče zapisati ({e})."],
  ["The sign-in had no step.", "Prijava ni imela nobenega koraka."],
  [
    "The username or password for {host} holds a NUL character, which no sign-in can carry. Enter it again.",
    "Uporabniško ime ali geslo za {host} vsebuje znak NUL, ki ga nobena prijava ne prenese. Vpišite ga znova.",
  ],
  ["A name or password cannot hold a NUL character.", "Ime in geslo ne smeta vsebovati znaka NUL."],
  [
    "This server takes no passwords (LOGINDISABLED). It may want another kind of account or an app password.",
    "Ta strežnik ne sprejema gesel (LOGINDISABLED). Morda zahteva drugo vrsto računa ali geslo za aplikacije.",
  ],
  [
    "{host} wants a sign-in before it takes mail ({reply}).",
    "{host} pred sprejemom pošte zahteva prijavo ({reply}).",
  ],
  [
    "The keychain has no password for {email}. Sign in again.",
    "V shrambi gesel ni gesla za {email}. Prijavite se znova.",
  ],
  ["The outgoing server: {why}", "Strežnik za pošiljanje: {why}"],
  // Push
  [
    "Instant mail does not work: {why} Looking every 30 seconds.",
    "Sprotna pošta ne deluje: {why} Preverjam vsakih 30 sekund.",
  ],
  ["The server does not offer it.", "Strežnik je ne ponuja."],
  [
    "The server does not announce new mail; Kontor looks every 30 seconds.",
    "Strežnik nove pošte ne naznanja; Kontor preveri vsakih 30 sekund.",
  ],
  [
    "The server does not announce new mail by itself; Kontor looks regularly instead.",
    "Strežnik nove pošte ne naznanja sam; Kontor redno preverja.",
  ],
  [
    "The server stops announcing new mail at once; Kontor looks regularly instead.",
    "Strežnik takoj neha naznanjati novo pošto; Kontor redno preverja.",
  ],
];
