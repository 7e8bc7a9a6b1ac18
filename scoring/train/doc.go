// Package train learns a model from a frame of past cases, and says honestly
// how good it is.
//
// It looks back from several origins in time: at each it learns, with every
// learner, from what was known then, and is judged by what came next. Over all
// those rows together it chooses how much of each learner to blend, and the
// calibration. Only then it learns once more, from everything.
package train
