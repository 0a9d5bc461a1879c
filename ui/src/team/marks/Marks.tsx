import { useQuery } from "@tanstack/react-query";
import type { TeamOverview } from "../../api/bindings.ts";
import { reasonOf } from "../../api/failure.ts";
import { marksQuery } from "../../api/team.ts";
import { Banner } from "../../components/Banner.tsx";
import { useT } from "../../i18n/language.tsx";
import { Tags } from "./Tags.tsx";
import { Tasks } from "./Tasks.tsx";

/** The tags and tasks of a customer or a conversation. */
export function Marks({ subject, overview }: { subject: string; overview: TeamOverview }) {
  const t = useT();
  const marks = useQuery(marksQuery(subject));
  if (marks.isError) {
    return (
      <Banner tone="red">
        {t("team.failed")} {reasonOf(marks.error, t)}
      </Banner>
    );
  }
  if (!marks.data) return null;
  const { tags, tasks } = marks.data;
  return (
    <>
      <Tags subject={subject} tags={tags} />
      <Tasks subject={subject} tasks={tasks} members={overview.members} me={overview.me} />
    </>
  );
}
