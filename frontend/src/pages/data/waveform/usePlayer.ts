import { useCallback, useEffect, useRef, useState } from "react";

export interface Player {
  playing: boolean;
  /** Where the sound is; null before it was first played or moved. */
  positionS: number | null;
  durationS: number;
  problem: string;
  toggle: () => void;
  seek: (seconds: number) => void;
}

/** Plays a sound and says where it is, on every frame while it plays. */
export function usePlayer(url: string | null): Player {
  const audio = useRef<HTMLAudioElement | null>(null);
  const [playing, setPlaying] = useState(false);
  const [positionS, setPositionS] = useState<number | null>(null);
  const [durationS, setDurationS] = useState(0);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    if (!url) return;
    const element = new Audio(url);
    element.preload = "metadata";
    audio.current = element;
    element.onloadedmetadata = () => setDurationS(element.duration);
    element.onplay = () => setPlaying(true);
    element.onpause = () => setPlaying(false);
    element.onended = () => {
      setPlaying(false);
      setPositionS(null);
    };
    element.onerror = () => setProblem("This recording cannot be played.");
    return () => {
      element.pause();
      element.removeAttribute("src");
      audio.current = null;
      setPlaying(false);
      setPositionS(null);
    };
  }, [url]);

  useEffect(() => {
    if (!playing) return;
    let frame = 0;
    const follow = () => {
      if (audio.current) setPositionS(audio.current.currentTime);
      frame = requestAnimationFrame(follow);
    };
    frame = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(frame);
  }, [playing]);

  const toggle = useCallback(() => {
    const element = audio.current;
    if (!element) return;
    if (!element.paused) {
      element.pause();
      return;
    }
    setProblem("");
    element.play().catch(() => setProblem("This recording cannot be played."));
  }, []);

  const seek = useCallback((seconds: number) => {
    const element = audio.current;
    if (!element) return;
    element.currentTime = Math.max(0, seconds);
    setPositionS(element.currentTime);
  }, []);

  return { playing, positionS, durationS, problem, toggle, seek };
}
