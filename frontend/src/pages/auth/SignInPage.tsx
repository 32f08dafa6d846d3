import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { meQuery } from "@/api/queries";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { LinkAnchor } from "@/components/links";
import { AuthLayout } from "./AuthLayout";

export default function SignInPage() {
  const { next } = useSearch({ from: "/sign-in" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const signIn = useMutation({
    mutationFn: () => api.post("auth/sign-in/", { email, password }),
    onSuccess: async () => {
      queryClient.clear();
      await queryClient.fetchQuery(meQuery());
      await navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/" });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <AuthLayout
      title="Sign in"
      lead="Good to see you again."
      footer={
        <>
          New here?{" "}
          <LinkAnchor to="/sign-up" underline="always" size="sm">
            Create an account
          </LinkAnchor>
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError message={otherError(signIn.error, ["email", "password"])} />
          <TextInput
            label="Email"
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            size="md"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={fieldError(signIn.error, "email")}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            size="md"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fieldError(signIn.error, "password")}
          />
          <Button type="submit" size="md" loading={signIn.isPending} mt="xs">
            Sign in
          </Button>
        </Stack>
      </form>
    </AuthLayout>
  );
}
