import type { Security } from "../api/bindings.ts";
import { type PlainKey, useT } from "../i18n/language.tsx";
import { SelectField } from "../settings/fields/SelectField.tsx";
import { TextField } from "../settings/fields/TextField.tsx";
import { type ServerFields, withSecurity } from "./account-form.ts";

type Props = {
  label: string;
  protocol: "imap" | "smtp";
  server: ServerFields;
  hint?: string | undefined;
  hostProblem?: PlainKey | undefined;
  portProblem?: PlainKey | undefined;
  onChange: (server: ServerFields) => void;
};

// No "none": a password never leaves this computer in the clear.
const SECURITY: readonly { value: Security; label: string }[] = [
  { value: "tls", label: "TLS" },
  { value: "starttls", label: "STARTTLS" },
];

/** Host, port and security of one server: three cells of the wizard's grid. */
export function ServerRow(props: Props) {
  const { label, protocol, server, hint, hostProblem, portProblem, onChange } = props;
  const t = useT();
  return (
    <>
      <TextField
        label={label}
        hint={hint}
        error={hostProblem === undefined ? null : t(hostProblem)}
        value={server.host}
        inputMode="url"
        onChange={(host) => onChange({ ...server, host })}
      />
      <TextField
        label={t("wizard.port")}
        aria-label={t("wizard.port.of", { server: label })}
        error={portProblem === undefined ? null : t(portProblem)}
        value={server.port}
        inputMode="numeric"
        onChange={(port) => onChange({ ...server, port })}
      />
      <SelectField
        label={t("wizard.security")}
        name={t("wizard.security.of", { server: label })}
        value={server.security}
        options={SECURITY}
        onChange={(security) => onChange(withSecurity(server, protocol, security))}
      />
    </>
  );
}
