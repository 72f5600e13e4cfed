/** The reference programs of data science: scikit-learn, statsmodels, LightGBM, and pandas with pyarrow. */
import { pythonWith } from './python.ts'

export const science = pythonWith([
  'scikit-learn==1.9.1',
  'statsmodels==0.15.0',
  'lightgbm==4.7.0',
  'pandas==3.1.1',
  'pyarrow==26.0.1',
])
