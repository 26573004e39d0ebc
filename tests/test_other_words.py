"""Words of other libraries: each leads to a sentence that names ours, and ours exists."""

import ast
import copy
import pickle
import re
from inspect import signature
from typing import Any

import pytest

from nn import ACTIVATIONS, MLP, Layer, Neuron, costs, fit, optimizers, schedules
from nn.ground.other_words import ARGUMENTS, ATTRIBUTES, NAMES, NO_NAMES, OTHER_TAKERS
from nn.initializers import INITIALIZERS, find_initializer

TABLES: dict[str, Any] = {"cost": costs.COSTS, "optimizer": optimizers.OPTIMIZERS, "activation": ACTIVATIONS,
                          "initializer": INITIALIZERS, "penalty": costs.PENALTIES, "schedule": schedules.SCHEDULES}
TAKERS: dict[str, list[Any]] = {"fit": [fit], "network": [Neuron, Layer, MLP], "optimizer": [*optimizers.OPTIMIZERS.values()]}


def test_each_word_leads_to_one_of_our_names_and_is_none_of_them() -> None:
    assert NAMES.keys() == TABLES.keys()
    for what, words in NAMES.items():
        assert set(words.values()) <= set(TABLES[what])
        assert set(TABLES[what]).isdisjoint(words)
        assert words.keys().isdisjoint(NO_NAMES.get(what, ()))


def test_each_argument_leads_to_one_of_ours_and_is_none_of_them() -> None:
    assert ARGUMENTS.keys() == TAKERS.keys()
    for kind, words in (*ARGUMENTS.items(), *OTHER_TAKERS.items()):
        ours = {name for made in TAKERS[kind] for name in signature(made).parameters}
        for word, write in words.items():
            assert word not in ours
            assert re.fullmatch(r"[a-z0-9]+", word)
            first = re.split(r", (?=since|for|which)| where ", write)[0]
            call = ast.parse(first if "(" in first.partition("=")[0] else f"f({first})", mode="eval").body
            assert isinstance(call, ast.Call)
            if ast.unparse(call.func) == "f":
                assert {keyword.arg for keyword in call.keywords} <= ours


def test_no_attribute_of_another_library_is_one_of_ours() -> None:
    ours: dict[str, list[Any]] = {"network": [Neuron(1), Layer(1, 1), MLP(1, [1])],
                                  "optimizer": [made(0.1) for made in optimizers.OPTIMIZERS.values()]}
    assert ours.keys() == ATTRIBUTES.keys()
    for kind, owners in ours.items():
        assert not [word for word in ATTRIBUTES[kind] for owner in owners if word in dir(owner)]


@pytest.mark.parametrize(("act", "sentence"), [
    (lambda: costs.find_cost("mse"), "unknown cost 'mse'; it is called 'mean_squared_error' here. Known: half_squared_error, "),
    (lambda: costs.find_cost("crossentropy"), "it is called 'softmax_cross_entropy' here"),
    (lambda: costs.find_cost("BCE"), "it is called 'binary_cross_entropy' here"),
    (lambda: costs.find_cost("BCEWithLogitsLoss"), "it is called 'binary_cross_entropy_logits' here"),
    (lambda: optimizers.find_optimizer("SGD"), "unknown optimizer 'SGD'; it is called 'gradient_descent' here"),
    (lambda: Neuron(1, "linear"), "unknown activation 'linear'; it is called 'identity' here"),
    (lambda: Neuron(1, "swish"), "unknown activation 'swish'; it is called 'silu' here"),
    (lambda: Neuron(1, "LogSigmoid"), "unknown activation 'LogSigmoid'; log_sigmoid is a function of autograd_lite and no activation of a unit. Known: "),
    (lambda: Neuron(1, "log_sigmoid"), "unknown activation 'log_sigmoid'; log_sigmoid is a function of autograd_lite and no"),
    (lambda: Neuron(1, None), "unknown activation None; it is called 'identity' here"),  # type: ignore[arg-type]
    (lambda: find_initializer("glorot_uniform"), "it is called 'xavier' here"),
    (lambda: find_initializer("kaiming-normal"), "it is called 'he' here"),
    (lambda: costs.penalty("ridge", [], 1.0), "unknown penalty 'ridge'; it is called 'l2' here"),
    (lambda: costs.find_cost("half_squared_eror"), "unknown cost 'half_squared_eror'; did you mean 'half_squared_error'?"),
])
def test_a_name_of_another_library_is_answered_with_ours(act: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        act()


ARGUMENT_CALLS: list[tuple[Any, str]] = [
    (lambda: Neuron(2, nonlin=False), "Neuron takes no nonlin: write activation='relu' where it is True, and activation='identity' where"),  # type: ignore[call-arg]
    (lambda: Layer(2, nout=3), "Layer takes no nout: write n_units=3"),  # type: ignore[call-arg]
    (lambda: MLP(2, nouts=[3, 1]), "MLP takes no nouts: write sizes=[16, 16, 1]"),  # type: ignore[call-arg]
    (lambda: MLP(2, hidden_layer_sizes=[3]), "MLP takes no hidden_layer_sizes: write sizes="),  # type: ignore[call-arg]
    (lambda: optimizers.Adam(lr=0.1), "Adam takes no lr: write eta=0.01"),  # type: ignore[call-arg]
    (lambda: optimizers.Adam(learning_rate=0.1), "Adam takes no learning_rate: write eta=0.01"),  # type: ignore[call-arg]
    (lambda: optimizers.Momentum(0.1, momentum=0.9), "Momentum takes no momentum: write beta=0.9"),  # type: ignore[call-arg]
    (lambda: optimizers.Adam(weight_decay=0.1), "Adam takes no weight_decay: write fit(net, X, Y, penalty='l2_half', lam=0.01)"),  # type: ignore[call-arg]
    (lambda: optimizers.GradientDescent(0.1, momentum=0.9), "GradientDescent takes no momentum: write optimizers.Momentum(eta=0.01, beta=0.9)"),  # type: ignore[call-arg]
    (lambda: optimizers.Momentum(0.1, nesterov=True), "Momentum takes no nesterov: write optimizers.Nesterov(eta=0.01, beta=0.9)"),  # type: ignore[call-arg]
    (lambda: optimizers.Adam(Neuron(1).parameters()), "Adam takes no parameters: write step(net.parameters()), which takes them at each step, as fit"),  # type: ignore[arg-type]
    (lambda: optimizers.Adam(Neuron(1).parameters(), lr=0.1), "Adam takes no parameters: write step(net.parameters())"),  # type: ignore[arg-type, call-arg]
    (lambda: optimizers.Adam(Neuron(1).parameters(), eta=0.1), "Adam takes no parameters: write step(net.parameters())"),  # type: ignore[arg-type, misc]
    (lambda: fit(Neuron(1), [1], [1], lr=0.1), "fit takes no lr: write optimizer=optimizers.Adam(eta=0.01), since η"),  # type: ignore[arg-type]
    (lambda: fit(Neuron(1), [1], [1], loss="mse"), "fit takes no loss: write cost='mean_squared_error'"),  # type: ignore[arg-type]
    (lambda: fit(Neuron(1), [1], [1], n_epochs=5), "fit takes no n_epochs: write epochs=100"),  # type: ignore[arg-type]
    (lambda: fit(Neuron(1), [1], [1], validation_data=0), "fit takes no validation_data: write validation=(X, Y)"),  # type: ignore[arg-type]
    (lambda: fit(Neuron(1), [1], [1], batchsize=5), "fit takes no batchsize: write batch_size=32"),  # type: ignore[arg-type]
    (lambda: fit(Neuron(1), [1], [1], tollerance=5), "fit takes no tollerance; did you mean 'tolerance'? It takes net, X, Y, cost, "),  # type: ignore[arg-type]
    (lambda: fit(Neuron(1), [1], [1], zzz=5), "fit takes no zzz. It takes net, X, Y, cost, "),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("act", "sentence"), ARGUMENT_CALLS)
def test_an_argument_of_another_library_is_answered_with_ours(act: Any, sentence: str) -> None:
    with pytest.raises(TypeError, match=re.escape(sentence)):
        act()


def test_a_class_of_ones_own_may_take_such_an_argument() -> None:
    class Mine(Neuron):
        def __init__(self, n_inputs: int, nonlin: bool = True) -> None:
            super().__init__(n_inputs, "relu" if nonlin else "identity")

    assert Mine(2, nonlin=False).activation == "identity"


@pytest.mark.parametrize(("owner", "name", "sentence"), [
    (optimizers.Adam(), "zero_grad", "Adam has no attribute zero_grad: use net.zero_grad(), since the gradients belong to"),
    (optimizers.Adam(), "param_groups", "Adam has no attribute param_groups: use optimizer.settings"),
    (Neuron(2), "nonlin", "Neuron has no attribute nonlin: the activation of a neuron is neuron.activation"),
    (Neuron(2), "w", "Neuron has no attribute w: the weights of a neuron are neuron.weights"),
    (Neuron(2), "b", "Neuron has no attribute b: the bias of a neuron is neuron.bias"),
    (MLP(2, [1]), "state_dict", "MLP has no attribute state_dict: use save(net, path)"),
    (MLP(2, [1]), "fit", "MLP has no attribute fit: use the function fit(net, X, Y)"),
    (MLP(2, [1]), "predict_proba", "predict gives the probabilities"),
])
def test_an_attribute_of_another_library_is_answered_with_ours(owner: Any, name: str, sentence: str) -> None:
    with pytest.raises(AttributeError, match=re.escape(sentence)):
        getattr(owner, name)
    assert not hasattr(owner, name)


def test_other_attributes_fail_as_everywhere() -> None:
    class Broken(Neuron):
        @property
        def size(self) -> int:
            return self.nothing  # type: ignore[no-any-return, attr-defined]

    with pytest.raises(AttributeError, match="'Neuron' object has no attribute 'weigths'"):
        Neuron(1).weigths  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="'Broken' object has no attribute 'nothing'"):
        Broken(1).size  # noqa: B018
    with pytest.raises(AttributeError, match="'Adam' object has no attribute 'etta'"):
        optimizers.Adam().etta  # type: ignore[attr-defined]  # noqa: B018
    for adam in (copy.deepcopy(optimizers.Adam(0.5)), pickle.loads(pickle.dumps(optimizers.Adam(0.5)))):  # noqa: S301 - our own bytes
        assert repr(adam) == repr(optimizers.Adam(0.5))
    net = MLP(2, [2, 1], seed=1)
    for other in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):  # noqa: S301 - our own bytes
        assert other.predict([[1, 2]]).tolist() == net.predict([[1, 2]]).tolist()


@pytest.mark.parametrize(("module", "name", "sentence"), [
    (costs, "mse", "costs has no mse; it is called mean_squared_error here: COSTS['mean_squared_error'], or fit(…, cost="),
    (costs, "CrossEntropyLoss", "it is called softmax_cross_entropy here"),
    (costs, "nothing", "costs has no nothing"),
    (optimizers, "SGD", "optimizers has no SGD; it is called GradientDescent here"),
    (optimizers, "nothing", "optimizers has no nothing"),
])
def test_a_module_names_ours(module: Any, name: str, sentence: str) -> None:
    with pytest.raises(AttributeError, match=re.escape(sentence)):
        getattr(module, name)
