"""Models of one operator each that changes an image's size: resizing, blocks to channels, mirrored edges, repetition."""

from .builder import options
from .operators_shapes import move


def resize(kind, dtype, size, to, align=False, half=False, channels=3):
    table = {"RESIZE_BILINEAR": "ResizeBilinear", "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighbor"}[kind]
    fields = options(table, alignCorners=align, halfPixelCenters=half)
    return move(kind, dtype, (1, *size, channels), (1, *to, channels), [list(to)], fields, version=3)


def blocks(kind, dtype, shape, block):
    count, height, width, channels = shape
    if kind == "DEPTH_TO_SPACE":
        target = (count, height * block, width * block, channels // block**2)
        table = options("DepthToSpace", blockSize=block)
    else:
        target = (count, height // block, width // block, channels * block**2)
        table = options("SpaceToDepth", blockSize=block)
    return move(kind, dtype, shape, target, [], table, version=1)


def mirror_pad(dtype, shape, amounts, symmetric):
    target = [size + sum(pair) for size, pair in zip(shape, amounts, strict=True)]
    table = options("MirrorPad", mode=1 if symmetric else 0)
    return move("MIRROR_PAD", dtype, shape, target, [[list(pair) for pair in amounts]], table)


def tile(dtype, shape, counts):
    target = [size * count for size, count in zip(shape, counts, strict=True)]
    return move("TILE", dtype, shape, target, [list(counts)], options("Tile"))


def broadcast_to(dtype, shape, target):
    return move("BROADCAST_TO", dtype, shape, target, [list(target)], options("BroadcastTo"), version=3)
