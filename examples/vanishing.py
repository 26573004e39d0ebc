"""δ by layer of a deep network before its training: sigmoids let it vanish, ReLUs with He's weights do not."""

import statistics

from nn import MLP, Objective, dataset
from visualize import plot_deltas, plot_layers

data = dataset("moons")
for activation, initializer in (("sigmoid", "xavier"), ("relu", "he")):
    net = MLP(2, [12] * 6 + [1], activation, "sigmoid", seed=0, initializer=initializer)
    objective = Objective(net, "binary_cross_entropy_logits")
    deltas = objective.deltas(objective.samples(data.X, data.Y))
    sizes = [statistics.fmean(abs(delta) for row in rows for delta in row) for rows in deltas.values()]
    print(f"{activation}: mean |δ| from layer 1 to 7: {', '.join(f'{size:.1e}' for size in sizes)}")
    for plot, what in ((plot_layers, "gradients"), (plot_deltas, "deltas")):
        made = plot(net, data.X, data.Y, cost="binary_cross_entropy_logits")
        print("wrote", made.save(f"{activation}_{what}.svg"))
