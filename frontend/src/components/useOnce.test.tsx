import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it } from "vitest";
import { useOnce } from "./useOnce";

const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
);

describe("what must not be made twice", () => {
  it("is asked for once by two quick clicks, and again after it is done", async () => {
    const answers: (() => void)[] = [];
    const mutationFn = () => new Promise<void>((resolve) => answers.push(resolve));
    const { result } = renderHook(() => useOnce({ mutationFn }), { wrapper });
    act(() => {
      result.current.mutate();
      result.current.mutate();
    });
    await waitFor(() => expect(result.current.isPending).toBe(true));
    expect(answers).toHaveLength(1);
    await act(async () => answers[0]?.());
    await waitFor(() => expect(result.current.isPending).toBe(false));
    act(() => result.current.mutate());
    await waitFor(() => expect(answers).toHaveLength(2));
  });

  it("may be asked for again after it has failed, and says why it has", async () => {
    let calls = 0;
    const mutationFn = async () => {
      calls += 1;
      throw new Error("no");
    };
    const { result } = renderHook(() => useOnce({ mutationFn }), { wrapper });
    act(() => result.current.mutate());
    await waitFor(() => expect(result.current.error?.message).toBe("no"));
    act(() => result.current.mutate());
    await waitFor(() => expect(calls).toBe(2));
  });
});
