import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { meQuery } from "@/api/queries";
import { dataSearch } from "./dataSearch";
import { NotFound } from "./NotFound";
import { ProjectShell } from "./ProjectShell";
import { queryClient } from "./queryClient";
import { RouteError } from "./RouteError";
import { RoutePending } from "./RoutePending";

const rootRoute = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFound,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    typeof search.next === "string" ? { next: search.next } : {},
  component: lazyRouteComponent(() => import("@/pages/auth/SignInPage")),
});

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-up",
  component: lazyRouteComponent(() => import("@/pages/auth/SignUpPage")),
});

/** Everything below is for signed-in people. */
const memberRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "member",
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery());
    if (!me) {
      const next = location.pathname === "/" ? {} : { next: location.pathname };
      throw redirect({ to: "/sign-in", search: next });
    }
  },
  component: Outlet,
  errorComponent: RouteError,
});

const projectsRoute = createRoute({
  getParentRoute: () => memberRoute,
  path: "/",
  component: lazyRouteComponent(() => import("@/pages/projects/ProjectsPage")),
});

const projectRoute = createRoute({
  getParentRoute: () => memberRoute,
  path: "/p/$projectId",
  component: ProjectShell,
});

const overviewRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/",
  component: lazyRouteComponent(() => import("@/pages/overview/OverviewPage")),
});

const dataRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/data",
  validateSearch: dataSearch,
  component: lazyRouteComponent(() => import("@/pages/data/DataPage")),
});

const sampleRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/data/$sampleId",
  component: lazyRouteComponent(() => import("@/pages/data/SamplePage")),
});

const designRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/design",
  component: lazyRouteComponent(() => import("@/pages/design/DesignPage")),
});

const runsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/train",
  component: lazyRouteComponent(() => import("@/pages/train/RunsPage")),
});

const runRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/train/$runId",
  component: lazyRouteComponent(() => import("@/pages/train/RunPage")),
});

const deployRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/deploy",
  validateSearch: (search: Record<string, unknown>): { run?: string } =>
    typeof search.run === "string" ? { run: search.run } : {},
  component: lazyRouteComponent(() => import("@/pages/deploy/DeployPage")),
});

const settingsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/pages/settings/SettingsPage")),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  signUpRoute,
  memberRoute.addChildren([
    projectsRoute,
    projectRoute.addChildren([
      overviewRoute,
      dataRoute,
      sampleRoute,
      designRoute,
      runsRoute,
      runRoute,
      deployRoute,
      settingsRoute,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  defaultErrorComponent: RouteError,
  defaultPendingComponent: RoutePending,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
