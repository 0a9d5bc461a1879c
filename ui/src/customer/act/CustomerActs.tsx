import { FilePlus2 } from "lucide-react";
import { useState } from "react";
import type { CustomerView } from "../../api/bindings.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu } from "../../components/Menu.tsx";
import { useT } from "../../i18n/language.tsx";
import { ContactDialog } from "./ContactDialog.tsx";
import { DocumentDialog } from "./DocumentDialog.tsx";

type Props = { customer: CustomerView; address: string; thread: string | null };

/** What one can write into Metakocka for a customer. */
export function CustomerActs({ customer, address, thread }: Props) {
  const t = useT();
  const [open, setOpen] = useState<"offer" | "order" | "contact" | null>(null);
  const close = () => setOpen(null);
  const known = customer.contacts.some(({ email }) => email === address);
  return (
    <>
      <Menu
        align="end"
        trigger={<IconButton icon={FilePlus2} label={t("act.new")} />}
        items={[
          { id: "offer", label: t("act.newOffer"), run: () => setOpen("offer") },
          { id: "order", label: t("act.newOrder"), run: () => setOpen("order") },
          { id: "contact", label: t("act.newContact"), run: () => setOpen("contact") },
        ]}
      />
      {open === "offer" || open === "order" ? (
        <DocumentDialog
          offer={open === "offer"}
          customer={customer}
          thread={thread}
          onClose={close}
        />
      ) : null}
      {open === "contact" ? (
        <ContactDialog
          customer={customer}
          email={known ? "" : address}
          thread={thread}
          onClose={close}
        />
      ) : null}
    </>
  );
}
