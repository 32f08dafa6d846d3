import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, forwardRef } from "react";

type Native<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

const ButtonAsLink = forwardRef<HTMLAnchorElement, ButtonProps & Native<ButtonProps>>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));

const AnchorAsLink = forwardRef<HTMLAnchorElement, AnchorProps & Native<AnchorProps>>((props, ref) => (
  <Anchor ref={ref} {...props} />
));

/** A button that leads to a page; the router checks where to. */
export const LinkButton = createLink(ButtonAsLink);

/** A link in running text that leads to a page. */
export const LinkAnchor = createLink(AnchorAsLink);
