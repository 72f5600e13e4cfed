/** Two trees over a, b, c; the second asks for categories of c. */
export const small = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=2
objective=binary sigmoid:2
feature_names=a b c
feature_infos=[0:1] [0:1] 0:1:2
tree_sizes=300 300

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
split_gain=1 1
threshold=0.5 inf
decision_type=2 8
left_child=-1 -2
right_child=1 -3
leaf_value=0.25 -0.5 1
leaf_weight=1 1 1
leaf_count=20 10 30
internal_value=0 0
internal_weight=1 1
internal_count=60 40
is_linear=0
shrinkage=1


Tree=1
num_leaves=2
num_cat=1
split_feature=2
split_gain=1
threshold=0
decision_type=1
left_child=-1
right_child=-2
leaf_value=-1 0.125
leaf_weight=1 1
leaf_count=45 15
internal_value=0
internal_weight=1
internal_count=60
cat_boundaries=0 2
cat_threshold=2147483649 2
is_linear=0
shrinkage=0.1


end of trees

feature_importances:
a=1

parameters:
[boosting: gbdt]
end of parameters

pandas_categorical:null
`
