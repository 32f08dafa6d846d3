import { type UseMutationOptions, type UseMutationResult, useMutation } from "@tanstack/react-query";
import { useCallback, useRef } from "react";

/**
 * `useMutation` for what must not be made twice: `mutate` does nothing while the last call is under way. The second
 * of two quick clicks comes before the button is drawn as busy.
 */
export function useOnce<Data>(
  options: UseMutationOptions<Data, Error, void>,
): Omit<UseMutationResult<Data, Error, void>, "mutateAsync"> {
  const mutation = useMutation(options);
  const { mutateAsync } = mutation;
  const busy = useRef(false);
  const mutate = useCallback(() => {
    if (busy.current) return;
    busy.current = true;
    mutateAsync()
      .catch(() => undefined) // shown by whoever reads `error`
      .finally(() => {
        busy.current = false;
      });
  }, [mutateAsync]);
  return { ...mutation, mutate };
}
