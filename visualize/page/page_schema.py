"""The data of a page: what Python writes into it, and its program reads.

Nodes, rules and cards are numbers: their places in the lists of these. An operand is the number of a node, or a list
with a plain number in it. Lengths and positions are in pixels, from the upper left corner of their picture.
"""

from typing import NotRequired, TypedDict

Operand = int | list[float]
"""The number of a node, or a plain number in a list."""


class DeltaData(TypedDict):
    """The δ that the lecture writes at a node, which is scale·∂C/∂node; ``factor`` is how the scale is written."""

    symbol: str
    scale: int
    factor: str


class HandData(TypedDict):
    """A formula that was derived by hand, and the place of its number among those that ``hand`` returns."""

    formula: str
    at: int


class NodeData(TypedDict):
    """A node; without ``operation`` a leaf.

    ``math`` is its name as MathML. ``quoted`` is its name as Python writes it, where that is not in plain quotes. Of an
    ``invented`` name nothing is said where the engine refuses a number. A ``sum`` stands in brackets where it is a
    factor; ``odd`` says the same of MathML.
    """

    name: str
    math: str
    value: float
    operation: NotRequired[str]
    operands: NotRequired[list[Operand]]
    quoted: NotRequired[str]
    invented: NotRequired[bool]
    sum: NotRequired[bool]
    odd: NotRequired[bool]
    delta: NotRequired[DeltaData]
    hand: NotRequired[dict[str, HandData]]


class ValueRule(TypedDict):
    """A formula that nodes are computed by, as text and as a shape of MathML; each operand that is a node has a slot.

    ``places`` are the names that the row of the table has for the operands.
    """

    text: str
    shape: int
    places: list[str]


class PartialRule(TypedDict):
    """A local partial as text and as MathML, alone and with what comes from above as a factor before it.

    Slots: the operands, then the result, then what comes from above.
    """

    text: str
    factor: str
    shape: int
    product: int


class RecursiveStep(TypedDict):
    """A step of the recursion without a topological order: which step of ``backward`` it is like, and when it comes."""

    at: int
    waits: int
    early: bool


class NumbersData(TypedDict):
    """How numbers are written: with how many significant digits, also in a circle, and how they stand in slots.

    ``slots`` has for each kind of slot how 0.5, -0.5, 7 and -7 stand there, with ``{number}`` or ``{raised}`` in their
    places. A name stands as 0.5 does, or as -0.5 where it is a ``sum``.
    """

    digits: int
    short: int
    slots: list[list[str]]


class ProductData(TypedDict):
    """upstream · partial as text and as MathML, with two slots."""

    text: str
    math: str


class GroupData(TypedDict):
    """Fields that stand together."""

    heading: str
    leaves: list[int]


class PlaneData(TypedDict):
    """The nodes of C = f(w·x + b − y) with its least value at 0, and the (w, b) that is meant, if it is known."""

    w: int
    b: int
    x: int
    y: int
    truth: list[float] | None


class RoleData(TypedDict):
    """How the cards of a role look; ``inset`` is the room between the outline and what can be written on."""

    meaning: str
    shape: str
    rounded: bool
    dashed: bool
    double: bool
    inset: float


class CardData(TypedDict):
    """A card: left, top, width, height. ``lines`` stand on it where they do not follow from one node.

    A card that ``repeats`` another one is small. In a picture that is shared, ``nodes`` are places in a list of nodes.
    """

    box: list[int]
    role: str
    nodes: list[int]
    lines: NotRequired[list[str]]
    repeats: NotRequired[int]


class EdgeData(TypedDict):
    """From one card to another: the corners of its pieces, straight and bent by turns, x and y by turns.

    ``label`` is the upper left corner of what stands at it: the local partial, or ``text``.
    """

    ends: list[int]
    points: list[int]
    label: NotRequired[list[int]]
    text: NotRequired[str]


class CardView(TypedDict):
    """A picture of cards. ``frames`` have a name, left, top, width and height.

    A window has ``computes``: the nodes that it is there for.
    """

    size: list[int]
    right: bool
    notes: list[str]
    frames: list[tuple[str, list[int]]]
    cards: list[CardData]
    edges: list[EdgeData]
    computes: NotRequired[list[int]]


class SharedView(TypedDict):
    """The view of a layer or a neuron: for each sample one of the page's ``pictures``, and the nodes of its cards."""

    pictures: list[int]
    samples: list[list[int]]


class UnitsView(TypedDict):
    """A layer that is too large for one picture: why, and the views of its units."""

    notes: list[str]
    units: list[str]


class ColumnData(TypedDict):
    """A column of the network: its heading, its middle, and the view that it opens."""

    heading: str
    x: float
    opens: NotRequired[str]


class CircleData(TypedDict):
    """A circle: its middle, none where it is left out, and the view that it opens; ``unit`` says that it is no input.

    ``name`` is that of a plain number. ``beside`` is the number of the form that the text beside a dot has.
    """

    at: list[float]
    unit: bool
    name: NotRequired[str]
    beside: NotRequired[int]
    opens: NotRequired[str]


class LineData(TypedDict):
    """The weight number ``k`` of the circle where it ends.

    ``label`` is the middle and the slope of its text, ``named`` says that its name stands there too.
    """

    ends: list[int]
    k: int
    label: NotRequired[list[float]]
    named: NotRequired[bool]


class SampleData(TypedDict):
    """The nodes of one sample: what a circle gives on, the sum before its activation function, targets, its cost."""

    after: list[Operand]
    before: list[int | None]
    targets: list[int]
    cost: NotRequired[int]


class NetworkView(TypedDict):
    """The network as circles and lines. ``targets`` and ``cost`` are boxes: middle and width.

    ``over`` says what the cost is of those of several samples. ``gaps`` are where units are left out, and how many;
    ``rows`` how many lines of text stand under a circle.
    """

    size: list[float]
    font: float
    radius: float
    full: bool
    rows: int
    notes: list[str]
    columns: list[ColumnData]
    circles: list[CircleData]
    lines: list[LineData]
    gaps: list[list[float]]
    targets: dict[str, list[float]]
    cost: list[float] | None
    over: str
    outputs: list[int]
    samples: list[SampleData]


class Pictures(TypedDict):
    """The part of the data that is drawn."""

    views: dict[str, CardView | SharedView | UnitsView]
    pictures: list[CardView]
    windows: list[CardView]
    network: NetworkView | None
    opening: str


class PageData(Pictures):
    """Everything that a page knows.

    Attributes:
        operations: the rows of the table that its program needs.
        forward: node and value rule of each step. ``backward``: node, place of the operand, and partial rule of each
            step but the first, which sets ∂C/∂C = 1.
        shapes: MathML with slots; many rules share one.
        hand: the derivation by hand as a function in JavaScript.
        plane: for one neuron on one sample; None for any other graph.
        sentences: what is said of steps and numbers, as templates: ``{node} passes on too early``.
        views: pictures of cards by name; ``pictures`` those that layers and neurons share; ``network`` the network;
            ``windows`` parts of a graph too large for one picture. ``opening`` is the name of the view to begin with.
    """

    title: str
    about: str
    branches: str
    eta: float
    output: int
    operations: list[str]
    nodes: list[NodeData]
    valueRules: list[ValueRule]
    partialRules: list[PartialRule]
    forward: list[list[int]]
    backward: list[list[int]]
    recursive: list[RecursiveStep] | None
    product: ProductData
    numbers: NumbersData
    shapes: list[str]
    leaves: list[int]
    hand: str
    parameters: list[int]
    groups: list[GroupData]
    plane: PlaneData | None
    roles: dict[str, RoleData]
    sentences: dict[str, str]
