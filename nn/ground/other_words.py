"""What other libraries call the things of ``nn``: their word -> ours, so that an error can name ours.

The words are those of micrograd, PyTorch, Keras and scikit-learn, without capitals and underscores.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _invert(table: Mapping[str, str]) -> Mapping[str, str]:
    """Word of another library -> ours, from ours -> their words with spaces between them."""
    return MappingProxyType({word: ours for ours, words in table.items() for word in words.split()})


NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "cost": _invert({
        "mean_squared_error": "mse mseloss l2loss squarederror",
        "residual_sum_of_squares": "rss sse",
        "root_squared_error": "rmse",
        "softmax_cross_entropy": "crossentropy crossentropyloss categoricalcrossentropy sparsecategoricalcrossentropy "
                                 "nll nllloss",
        "binary_cross_entropy": "bce bceloss binarycrossentropy logloss",
        "binary_cross_entropy_logits": "bcewithlogits bcewithlogitsloss bcelogits",
    }),
    "optimizer": _invert({"gradient_descent": "sgd gd batchgradientdescent", "nesterov": "nag"}),
    "activation": _invert({"identity": "linear none false", "sigmoid": "logistic expit", "relu": "rectifier true",
                           "silu": "swish"}),
    "initializer": _invert({
        "xavier": "glorot glorotuniform xavieruniform", "xavier_normal": "glorotnormal",
        "he": "kaiming kaimingnormal henormal", "he_uniform": "kaiminguniform",
        "normal": "lecun lecunnormal randomnormal", "uniform": "randomuniform random",
    }),
    "penalty": _invert({"l1": "lasso", "l2": "ridge", "l2_half": "weightdecay"}),
    "schedule": _invert({"step": "steplr", "exponential": "exponentiallr exponentialdecay",
                         "inverse_time": "invscaling inversetimedecay", "cosine": "cosineannealing cosineannealinglr"}),
})
"""Kind of name -> word of another library -> our name."""

NO_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "activation": _invert({"log_sigmoid is a function of autograd_lite and no activation of a unit": "logsigmoid"})})
"""Kind of name -> word that is none of ours, whatever it resembles -> why."""

ARGUMENTS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "fit": _invert({
        "epochs=100": "nepochs numepochs nbepoch maxiter niter iterations steps nsteps",
        "batch_size=32": "batchsize minibatchsize batch",
        "cost='mean_squared_error'": "loss criterion lossfn lossfunction",
        "optimizer=optimizers.Adam(eta=0.01), since η belongs to the optimizer": "lr eta learningrate learningrateinit",
        "optimizer='adam'": "solver optim",
        "tolerance=1e-6": "tol",
        "patience=10": "niternochange earlystopping",
        "validation=(X, Y)": "validationdata evalset",
        "validation=(X, Y), for example from data.split(0.2)": "validationsplit validationfraction",
        "seed=1": "randomstate",
        "class_weights='balanced'": "classweight",
        "sample_weights=w": "sampleweight weights",
        "progress=False": "verbose",
        "penalty='l2_half', lam=0.01": "weightdecay regularizer l2 lambda alpha",
        "standardise=True": "standardize normalize scale",
        "callbacks=[f]": "callback",
        "net=net": "model network",
    }),
    "network": _invert({
        "activation='relu' where it is True, and activation='identity' where it is False": "nonlin",
        "activation='tanh'": "act nonlinearity activationfunction",
        "n_inputs=2": "nin infeatures inputdim inputsize nfeatures",
        "n_units=3": "nout outfeatures units",
        "sizes=[16, 16, 1]": "nouts hiddenlayersizes layersizes layers hidden",
        "output_activation='sigmoid'": "outactivation finalactivation",
        "initializer='xavier'": "init kernelinitializer weightinit",
        "bias=False": "usebias fitintercept",
        "seed=1": "randomstate",
    }),
    "optimizer": _invert({
        "eta=0.01": "lr learningrate stepsize",
        "beta=0.9": "momentum mu",
        "beta1=0.9, beta2=0.999": "betas",
        "epsilon=1e-8": "eps",
        "rho=0.99": "alpha decay",
        "fit(net, X, Y, penalty='l2_half', lam=0.01), since the penalty belongs to the cost": "weightdecay",
        "step(net.parameters()), which takes them at each step, as fit does by itself": "params parameters",
        "optimizers.Nesterov(eta=0.01, beta=0.9), which is a class of its own": "nesterov",
    }),
})
"""Who takes it -> word of another library -> the argument of ours to write."""

OTHER_TAKERS: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "optimizer": _invert({"optimizers.Momentum(eta=0.01, beta=0.9), which is a class of its own": "momentum mu"})})
"""The same, where what is called takes no such argument."""

ATTRIBUTES: Mapping[str, Mapping[str, str]] = MappingProxyType({"network": _invert({
    "the weights of a neuron are neuron.weights": "w weight kernel coef",
    "the bias of a neuron is neuron.bias": "b intercept",
    "the activation of a neuron is neuron.activation": "nonlin nonlinearity act",
    "use net.parameters(), each of which has its label": "namedparameters params trainableweights",
    "W, b = net.arrays() gives the weights and biases of each layer": "getweights coefs intercepts",
    "use save(net, path), or W, b = net.arrays() for the numbers": "statedict",
    "use load(path), or net.load_arrays(W, b), which takes a state_dict too": "loadstatedict setweights",
    "use the function fit(net, X, Y)": "fit train trainonbatch",
    "give cost and optimizer to fit(net, X, Y)": "compile",
    "predict gives the probabilities": "predictproba predictprobabilities",
    "use Objective(net, cost), whose value(samples) is the cost": "evaluate score",
    "set the grad of parameters to 0 with zero_grad": "zerograds cleargrads",
    "it computes the same in training and in predictions": "eval",
}), "optimizer": _invert({
    "use net.zero_grad(), since the gradients belong to the parameters": "zerograd zerograds",
    "use optimizer.settings": "paramgroups lr learningrate defaults",
})})
"""Who has it elsewhere -> attribute that other libraries have -> what to use for it."""
