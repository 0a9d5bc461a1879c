import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { teamOverviewQuery } from "../api/team.ts";
import { useDossierShape } from "../app/dossier-panel.ts";
import { ErrorBoundary } from "../app/ErrorBoundary.tsx";
import { usePlace } from "../app/route.ts";
import { useTeamPanel } from "../app/team-panel.ts";
import { TeamButton } from "./TeamButton.tsx";
import { TeamToolbar } from "./toolbar/TeamToolbar.tsx";
import { useIdle } from "./use-idle.ts";
import { useLookingAt } from "./use-looking-at.ts";

// Nothing of it is loaded before it is opened for the first time.
const TeamSheet = lazy(async () => ({ default: (await import("./TeamSheet.tsx")).TeamSheet }));

/** The team's corner of the window, and what colleagues are told of this one. */
export function TeamPanel() {
  return (
    <>
      <Told />
      <Corner />
    </>
  );
}

/** Draws nothing: another mail is told to colleagues and leaves the corner as it is. */
function Told(): null {
  const { data: overview } = useQuery(teamOverviewQuery);
  useLookingAt(overview);
  useIdle(overview);
  return null;
}

/** The floating button or toolbar, or the sheet it opens. */
function Corner() {
  const { open, look } = useTeamPanel();
  const { page } = usePlace();
  const { data: overview } = useQuery(teamOverviewQuery);
  const dossier = useDossierShape();
  if (page === "welcome") return null;
  if (!open) {
    const above = page === "mail";
    return look === "button" ? (
      // Over the dossier's column it leaves nothing free: there is no answer to write.
      <TeamButton unread={overview?.unread ?? 0} above={above && dossier !== "column"} />
    ) : (
      <TeamToolbar overview={overview} above={above} />
    );
  }
  return (
    <ErrorBoundary>
      <Suspense>
        <TeamSheet />
      </Suspense>
    </ErrorBoundary>
  );
}
