import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { teamOverviewQuery } from "../api/team.ts";
import { useDossierShape } from "../app/dossier-panel.ts";
import { ErrorBoundary } from "../app/ErrorBoundary.tsx";
import { useRoute } from "../app/route.ts";
import { useTeamPanel } from "../app/team-panel.ts";
import { TeamButton } from "./TeamButton.tsx";
import { TeamToolbar } from "./toolbar/TeamToolbar.tsx";
import { useIdle } from "./use-idle.ts";
import { useLookingAt } from "./use-looking-at.ts";

// Nothing of it is loaded before it is opened for the first time.
const TeamSheet = lazy(async () => ({ default: (await import("./TeamSheet.tsx")).TeamSheet }));

/** The team's corner of the window: the floating button or toolbar, or the sheet it opens. */
export function TeamPanel() {
  const { open, look } = useTeamPanel();
  const route = useRoute();
  const { data: overview } = useQuery(teamOverviewQuery);
  useLookingAt(overview);
  useIdle(overview);
  const dossier = useDossierShape(route);
  if (route.page === "welcome") return null;
  if (!open) {
    const above = route.page === "mail";
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
