import { useState } from "react";
import type { DocumentView } from "../../api/bindings.ts";
import { Button } from "../../components/Button.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Act.module.css";
import { PaymentDialog } from "./PaymentDialog.tsx";
import { StatusDialog } from "./StatusDialog.tsx";

/** What one can write about a document. An offer's state only Metakocka itself changes. */
export function DocumentActs({ document }: { document: DocumentView }) {
  const t = useT();
  const [open, setOpen] = useState<"status" | "payment" | null>(null);
  const close = () => setOpen(null);
  if (document.docType === "") return null;
  return (
    <div className={styles.actions}>
      {document.kind === "offer" ? null : (
        <Button size="small" onClick={() => setOpen("status")}>
          {t("act.setStatus")}
        </Button>
      )}
      {document.kind === "credit_note" ? null : (
        <Button size="small" onClick={() => setOpen("payment")}>
          {t("act.pay")}
        </Button>
      )}
      {open === "status" ? <StatusDialog document={document} onClose={close} /> : null}
      {open === "payment" ? <PaymentDialog document={document} onClose={close} /> : null}
    </div>
  );
}
