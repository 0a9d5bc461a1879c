import { useQuery } from "@tanstack/react-query";
import { UserRoundPlus } from "lucide-react";
import { useState } from "react";
import { conversationQuery } from "../../api/queries.ts";
import { Button } from "../../components/Button.tsx";
import { useT } from "../../i18n/language.tsx";
import { PartnerDialog } from "./PartnerDialog.tsx";

type Props = { thread: string; address: string; className: string | undefined };

/** The way from a sender nobody knows to a customer in Metakocka. */
export function NewPartner({ thread, address, className }: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const { data: conversation } = useQuery(conversationQuery(thread));
  const people = (conversation?.messages ?? []).flatMap(({ from }) => from);
  const sender = people.findLast((person) => person.address.toLowerCase() === address);
  return (
    <>
      <Button
        size="small"
        variant="ghost"
        icon={UserRoundPlus}
        className={className}
        onClick={() => setOpen(true)}
      >
        {t("act.newPartner")}
      </Button>
      {open ? (
        <PartnerDialog
          name={sender?.name ?? ""}
          email={address}
          thread={thread}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
