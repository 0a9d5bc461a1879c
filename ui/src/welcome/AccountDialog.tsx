import { Dialog } from "../components/Dialog.tsx";
import { useT } from "../i18n/language.tsx";
import { AccountWizard } from "./AccountWizard.tsx";

/** The account wizard in a dialog; each opening starts afresh. */
export function AccountDialog(props: { open: boolean; onClose: () => void; onDone: () => void }) {
  const { open, onClose, onDone } = props;
  const t = useT();
  return (
    <Dialog open={open} onClose={onClose} title={t("account.add")} width={600}>
      <AccountWizard onDone={onDone} />
    </Dialog>
  );
}
