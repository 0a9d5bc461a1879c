import type { AccountForm, Discovered, Endpoint, Security, TestLine } from "../api/bindings.ts";
import type { PlainKey } from "../i18n/language.tsx";
import { isAddress } from "../mail/compose/addresses.ts";

/** A server as it is typed: the port may be half a number. */
export type ServerFields = { host: string; port: string; security: Security };
export type WizardFields = {
  name: string;
  email: string;
  imap: ServerFields;
  smtp: ServerFields;
  username: string;
  password: string;
  caPem: string;
};

type Protocol = "imap" | "smtp";

/** Ports of RFC 8314 and what came before it. */
const PORTS: Record<Protocol, Record<Security, string>> = {
  imap: { tls: "993", starttls: "143" },
  smtp: { tls: "465", starttls: "587" },
};

export const emptyFields: WizardFields = {
  name: "",
  email: "",
  imap: { host: "", port: PORTS.imap.tls, security: "tls" },
  smtp: { host: "", port: PORTS.smtp.starttls, security: "starttls" },
  username: "",
  password: "",
  caPem: "",
};

/** Changes the security and, where the port was the usual one, the port with it. */
export const withSecurity = (
  server: ServerFields,
  protocol: Protocol,
  security: Security,
): ServerFields => {
  const usual = Object.values(PORTS[protocol]).includes(server.port) || server.port.trim() === "";
  return { ...server, security, port: usual ? PORTS[protocol][security] : server.port };
};

/** Fills in what was found; what was not found stays empty for the person. */
export const withDiscovered = (fields: WizardFields, found: Discovered): WizardFields => ({
  ...fields,
  imap: found.imap === null ? fields.imap : typed(found.imap),
  smtp: found.smtp === null ? fields.smtp : typed(found.smtp),
  username: found.username || fields.email,
});

const typed = ({ host, port, security }: Endpoint): ServerFields => ({
  host,
  port: String(port),
  security,
});

export type Problems = Partial<
  Record<"email" | "imapHost" | "imapPort" | "smtpPort" | "caPem", PlainKey>
>;

/** What has to be put right before the servers can be asked. */
export const problemsOf = (fields: WizardFields): Problems => {
  const problems: Problems = {};
  if (!isAddress(fields.email.trim())) problems.email = "wizard.email.invalid";
  if (fields.imap.host.trim() === "") problems.imapHost = "wizard.host.missing";
  if (portOf(fields.imap) === null) problems.imapPort = "wizard.port.invalid";
  if (fields.smtp.host.trim() !== "" && portOf(fields.smtp) === null) {
    problems.smtpPort = "wizard.port.invalid";
  }
  const pem = fields.caPem.trim();
  if (pem !== "" && !/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/u.test(pem)) {
    problems.caPem = "wizard.ca.invalid";
  }
  return problems;
};

const portOf = ({ port }: ServerFields): number | null => {
  const value = /^\d{1,5}$/u.test(port.trim()) ? Number(port) : 0;
  return value >= 1 && value <= 65_535 ? value : null;
};

/** What Rust is given. Null while something is missing. */
export const formOf = (fields: WizardFields): AccountForm | null => {
  const imap = endpoint(fields.imap);
  if (imap === null || Object.keys(problemsOf(fields)).length > 0) return null;
  return {
    email: fields.email.trim(),
    name: fields.name.trim(),
    imap,
    smtp: endpoint(fields.smtp),
    username: fields.username.trim() || fields.email.trim(),
    password: fields.password,
    caPem: fields.caPem.trim() || null,
  };
};

const endpoint = (server: ServerFields): Endpoint | null => {
  const host = server.host.trim();
  const port = portOf(server);
  return host === "" || port === null ? null : { host, port, security: server.security };
};

/** A test of the form as it was; any change of a field makes it old. */
export type Tests =
  | { kind: "waiting" }
  | { kind: "running" }
  | { kind: "done"; lines: TestLine[] }
  | { kind: "offline" }
  | { kind: "failed"; why: string };

/** Why one cannot go on; null when one can. Warnings do not stop anyone, a broken incoming side does. */
export const blockedBy = (fields: WizardFields, tests: Tests): PlainKey | null => {
  if (Object.keys(problemsOf(fields)).length > 0) return "wizard.why.fields";
  if (fields.password === "") return "wizard.why.password";
  switch (tests.kind) {
    case "waiting":
    case "running":
      return "wizard.why.test";
    case "offline":
      return null;
    case "failed":
      return "wizard.why.incoming";
    case "done":
      return tests.lines.some(({ what, ok }) => what === "incoming" && !ok)
        ? "wizard.why.incoming"
        : null;
  }
};
