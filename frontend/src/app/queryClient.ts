import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/client";

/** Our own refusals are not retried: they would be refused again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
  },
});
