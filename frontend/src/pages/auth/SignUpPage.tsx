import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { meQuery } from "@/api/queries";
import { fieldError, otherError } from "@/components/errors";
import { FormError } from "@/components/FormError";
import { LinkAnchor } from "@/components/links";
import { AuthLayout } from "./AuthLayout";

export default function SignUpPage() {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const signUp = useMutation({
    mutationFn: () => api.post("auth/sign-up/", { name, email, password }),
    onSuccess: async () => {
      queryClient.clear();
      const me = await queryClient.fetchQuery(meQuery());
      if (me) await navigate({ to: "/" });
      else await navigate({ to: "/sign-in", search: {} });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signUp.mutate();
  };
  return (
    <AuthLayout
      title="Create your account"
      lead="It lives on this server, and so does your data."
      footer={
        <>
          You have one already?{" "}
          <LinkAnchor to="/sign-in" underline="always" size="sm">
            Sign in
          </LinkAnchor>
        </>
      }
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <FormError message={otherError(signUp.error, ["name", "email", "password"])} />
          <TextInput
            label="Name"
            name="name"
            autoComplete="name"
            required
            withAsterisk={false}
            size="md"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={fieldError(signUp.error, "name")}
          />
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
            error={fieldError(signUp.error, "email")}
          />
          <PasswordInput
            label="Password"
            description="At least 10 characters. A few words in a row do well."
            name="password"
            autoComplete="new-password"
            required
            withAsterisk={false}
            size="md"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={fieldError(signUp.error, "password")}
          />
          <Button type="submit" size="md" loading={signUp.isPending} mt="xs">
            Create account
          </Button>
        </Stack>
      </form>
    </AuthLayout>
  );
}
